"""Opens a session over HTTP with an XMPP server (BOSH, XEP-0124 and XEP-0206), as a Jitsi page does, and closes it."""

import re
import secrets
from xml.sax.saxutils import quoteattr

from videocall.pool.fetching import Unreachable, Visit, said

_KIND = "text/xml; charset=utf-8"
_SPACE = "http://jabber.org/protocol/httpbind"
_MOST = 64 * 1024
_LONGEST_TAG = 4096
# A stranger's XML is only searched for what matters, never parsed; and each expression only sees a short piece of it,
# since some of them take the square of its length.
_SESSION = re.compile(r"\ssid\s{0,9}=\s{0,9}[\"']([^\"'<>&]{1,200})[\"']")
_CONDITION = re.compile(r"\scondition\s{0,9}=\s{0,9}[\"']([\w-]{1,60})[\"']")
_MECHANISM = re.compile(r"<mechanism(?:\s[^<>]{0,200})?>\s{0,99}([\w-]{1,40})\s{0,99}</mechanism>")


async def offers(visit: Visit, path: str, domain: str) -> set[str]:
    """How one can sign in to a domain of the XMPP server at a path. Raises `Unreachable`."""
    number = secrets.randbelow(2**31) + 1
    opening = (
        f"<body rid='{number}' xmlns='{_SPACE}' to={quoteattr(domain)} xml:lang='en' wait='1' hold='1' "
        "content='text/xml; charset=utf-8' ver='1.6' xmpp:version='1.0' xmlns:xmpp='urn:xmpp:xbosh'/>"
    )
    answer = await visit.post(path, opening.encode(), _KIND, most_bytes=_MOST)
    tag = _first_tag(answer.text)
    session = _SESSION.search(tag)
    if session is None:
        condition = _CONDITION.search(tag)
        why = f" ({said(condition[1])})" if condition else ""
        raise Unreachable(f"Its XMPP server opens no session{why}.")
    found = _MECHANISM.findall(answer.text)
    if not found and "stream:features" not in answer.text:  # some send them with the next answer
        number += 1
        asking = f"<body rid='{number}' sid={quoteattr(session[1])} xmlns='{_SPACE}'/>"
        found = _MECHANISM.findall((await visit.post(path, asking.encode(), _KIND, most_bytes=_MOST)).text)
    closing = f"<body rid='{number + 1}' sid={quoteattr(session[1])} type='terminate' xmlns='{_SPACE}'/>"
    await visit.post(path, closing.encode(), _KIND, most_bytes=_MOST)
    return {name.upper() for name in found}


def _first_tag(text: str) -> str:
    """What stands in the first tag `body`; nothing when it is longer than any real one."""
    begin = text.find("<body")
    end = text.find(">", begin, begin + _LONGEST_TAG) if begin >= 0 else -1
    return text[begin:end] if end >= 0 else ""
