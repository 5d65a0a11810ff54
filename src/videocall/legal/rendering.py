"""Markdown made HTML that is safe to show anywhere: no HTML of the author's, no pictures, no addresses that act."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec import Struct

_TAGS = {
    *("a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "strong"),
    *("table", "tbody", "td", "th", "thead", "tr", "ul", "div"),
}
_ATTRIBUTES = {"a": {"href"}, "h2": {"id"}, "div": {"class"}, "ol": {"start"}}


class Section(Struct, frozen=True):
    """A heading that one can go to."""

    id: str
    title: str


class Rendered(Struct, frozen=True):
    """A text as HTML, and its headings of the first level."""

    html: str
    sections: tuple[Section, ...]


def _parser() -> MarkdownIt:
    # Pictures would be fetched from other hosts; what looks like HTML stays text.
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")


@lru_cache(maxsize=32)
def render(markdown: str) -> Rendered:
    """The text as HTML. A heading of the first level becomes one of the second: the page has its own title."""
    parser = _parser()
    tokens = parser.parse(markdown)
    sections = _number_headings(tokens)
    html = parser.renderer.render(tokens, parser.options, {})
    # Wide tables scroll by themselves on a phone.
    html = html.replace("<table>", '<div class="scroll"><table>').replace("</table>", "</table></div>")
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )
    return Rendered(html=clean, sections=sections)


def _number_headings(tokens: list[Token]) -> tuple[Section, ...]:
    sections: list[Section] = []
    for at, token in enumerate(tokens):
        if token.type not in {"heading_open", "heading_close"}:
            continue
        token.tag = "h2" if token.tag == "h1" else token.tag
        if token.type == "heading_open" and token.tag == "h2":
            section = Section(id=f"section-{len(sections) + 1}", title=_plain(tokens[at + 1]))
            token.attrSet("id", section.id)
            sections.append(section)
    return tuple(sections)


def _plain(inline: Token) -> str:
    """The text of a heading without its marks."""
    return "".join(token.content for token in inline.children or () if token.type in {"text", "code_inline"})
