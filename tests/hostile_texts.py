"""Texts that a person may type and that would do something if they were ever taken for more than text.

Each is at most 60 characters long, the length of a name in a meeting, and sets `__xss` wherever it comes to run.
"""

from html.parser import HTMLParser

TEXTS = (
    # Elements.
    "<script>__xss=1</script>",
    "<img src=x onerror=__xss=1>",
    "<img src=x onerror=__xss=1//",
    "<svg/onload=__xss=1>",
    "<details open ontoggle=__xss=1>",
    "<x-xss style=animation-name:x onanimationstart=__xss=1>",
    '<iframe srcdoc="<script>parent.__xss=1</script>">',
    "<object data=javascript:__xss=1>",
    "<form><button formaction=javascript:__xss=1>x",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    '<style>@import"//evil.example/x"</style>',
    "<template><script>__xss=1</script></template>",
    # Out of what they stand in: attributes, elements of raw text, comments.
    '"><svg onload=__xss=1>',
    "'><img src=x onerror='__xss=1'>",
    '" onmouseover="__xss=1" x="',
    "' autofocus onfocus='__xss=1",
    "`onerror=__xss=1`",
    "</title><script>__xss=1</script>",
    "</textarea><img src=x onerror=__xss=1>",
    "</script><script>__xss=1</script>",
    "</style></template><script>__xss=1</script>",
    "--><img src=x onerror=__xss=1><!--",
    # Links.
    "javascript:__xss=1",
    "[x](javascript:__xss=1)",
    '<a href="javascript:__xss=1">x</a>',
    '<a href="java&#9;script:__xss=1">x</a>',
    "data:text/html,<script>parent.__xss=1</script>",
    # What changes its meaning when it is read twice.
    "<math><mtext><mglyph><style><img src=x onerror=__xss=1>",
    '<noscript><p title="</noscript><img src=x onerror=__xss=1>">',
    "<svg><style><img src=x onerror=__xss=1></style>",
    "&lt;img src=x onerror=__xss=1&gt;",
    "&#60;script&#62;__xss=1&#60;/script&#62;",
    "%3Cscript%3E__xss=1%3C/script%3E",
    "\\u003cscript\\u003e__xss=1\\u003c/script\\u003e",
    # Templates.
    "{{constructor.constructor('__xss=1')()}}",
    "{{ 6*7 }}{% raw %}{% endraw %}",
    "{@html '<img src=x onerror=__xss=1>'}",
    "${__xss=1}#{__xss=1}<%= __xss=1 %>",
    # Operators and paths of a store.
    "$where: '__xss=1' || {$ne: null}",
    # Unicode.
    "\uff1cscript\uff1e__xss=1\uff1c/script\uff1e",
    "<\u017fcript>__xss=1</\u017fcript>",
    "<\u200dscript>__xss=1</script>",
)

ALL = "\n".join(TEXTS)
"""For fields that take several lines."""

ADDRESSES = (
    "=cmd|'/c'!a1@example.org",
    "${__xss=1}@example.org",
    "{{6*7}}@example.org",
    "'/onfocus='__xss=1@example.org",
    "$where@example.org",
)
"""E-mail addresses that are some, and would do something in a table, a template, an attribute or a query."""

NO_ADDRESSES = (
    "<img/src=x/onerror=__xss=1>@example.org",
    'a"/onload="__xss=1@example.org',
    "javascript:__xss=1@example.org",
    "a@example.org\r\nBcc: b@example.org",
    "a@example.org,b@example.org",
    "a@example.org\0",
)
"""What is no address, or two, and would be markup, a link or another header."""

LOOK_FOR_TRACES = """() => {
  const markup = '[onerror],[onload],[onclick],[onmouseover],[onfocus],[ontoggle],[onanimationstart],[srcdoc],' +
    '[formaction],object,embed,base,x-xss,math,noscript p,meta[http-equiv=refresh],img[src="x"],svg script,' +
    'a[href^="javascript" i],a[href^="data:" i]:not([download]),template script,[style*="animation-name:x"]'
  const found = [...document.querySelectorAll(markup)].map((one) => one.outerHTML.slice(0, 200))
  const foreign = [...document.scripts].filter((one) => one.textContent.includes('__xss'))
  if (window.__xss !== undefined) found.push('a text has run')
  return [...found, ...foreign.map((one) => one.outerHTML)]
}"""
"""Runs in a page; what of these texts became more than text."""

READ = """() => [document.title, document.body.textContent,
  ...[...document.querySelectorAll('input, textarea, option')].map((one) => one.value)].join('\\n')"""
"""Runs in a page; all that can be read on it, with what stands in its fields."""


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read_html(html: str) -> tuple[set[str], set[tuple[str, str]], str]:
    """Tags, attributes and text of a letter or page."""
    reader = _Tags()
    reader.feed(html)
    reader.close()
    return reader.tags, reader.attributes, "".join(reader.text)
