"""Letters from templates: each is written once, in `templates/NAME.j2`, and comes out as text and as HTML.

A template asks for its words by key: `say("greeting", name=name)`; `words` are those of the reader's language.
"""

import re
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from videocall.mail.model import Content
from videocall.words import Words


@cache
def _environment(*, html: bool) -> Environment:
    return Environment(
        loader=PackageLoader("videocall.mail"),
        autoescape=html,  # noqa: S701 -- off for text only
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def write(letter: str, to: str, language: str, values: dict[str, Any]) -> Content:
    """Fill in a letter. What people typed is set in one line, so that it can add neither lines nor headers."""
    words = Words(language)
    given = {name: one_line(value) if isinstance(value, str) else value for name, value in values.items()}
    given |= {"words": words, "say": words.say}
    template = _environment(html=False).get_template(f"{letter}.j2")
    subject = "".join(template.blocks["subject"](template.new_context(given)))
    text = re.sub(r"\n{3,}", "\n\n", template.render(given, form="text")).strip() + "\n"
    html = _environment(html=True).get_template(f"{letter}.j2").render(given, form="html")
    return Content(to=to, subject=one_line(subject), text=text, html=html, language=words.language)


def one_line(text: str) -> str:
    """A text without line breaks and runs of spaces."""
    return " ".join(text.split())
