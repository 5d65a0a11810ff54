"""Reads the config.js of a Jitsi server without running it: what stands in it as plain values, and nothing else."""

import re
from collections.abc import Mapping

from msgspec import Struct

Value = str | bool | float
MOST_BYTES = 512 * 1024
"""A real one has less than 100 KB."""

# Each piece ends at a line's end or at the text's, so that an unclosed one is walked over once.
_PIECE = re.compile(
    r"(?P<skip>\s+|//[^\n]*|/\*.*?(?:\*/|\Z)|<!--.*?(?:-->|\Z))"
    r"|(?P<text>'(?:[^'\\\n]|\\.)*+'?|\"(?:[^\"\\\n]|\\.)*+\"?|`(?:[^`\\]|\\.)*+`?)"
    r"|(?P<word>[A-Za-z_$][\w$]*)"
    r"|(?P<number>\d[\w.]*)"
    r"|(?P<sign>.)",
    re.DOTALL,
)
_INCLUDED = re.compile(r"<!--#.*?-->", re.DOTALL)
_EMPTY_NAMES = {"subdomain", "subdir"}
"""What Jitsi's own file puts into names for addresses with a tenant in them; nothing for those without."""
_DEEPEST = 16
_OPEN, _CLOSE = {"{", "[", "("}, {"}", "]", ")"}
_OPERATORS = set("+?(.[|&*-/=<>!%^")
_CONSTANTS: Mapping[str, Value] = {"true": True, "false": False}
_FEATURES = {
    "recordingService.enabled": "recording",
    "fileRecordingsEnabled": "recording",
    "liveStreaming.enabled": "live streaming",
    "liveStreamingEnabled": "live streaming",
    "transcription.enabled": "transcription",
    "transcribingEnabled": "transcription",
    "whiteboard.enabled": "whiteboard",
    "fileSharing.enabled": "file sharing",
    "etherpad_base": "shared notes",
    "dialInNumbersUrl": "dial in by telephone",
}


class JitsiConfig(Struct, frozen=True):
    """What matters of a server's configuration; a text that is not plainly there is empty."""

    domain: str = ""
    anonymous_domain: str = ""
    auth_domain: str = ""
    muc: str = ""
    bosh: str = ""
    websocket: str = ""
    conference_request_url: str = ""
    login_by_token: bool = False
    disable_iframe_api: bool = False
    features: tuple[str, ...] = ()


def read_config(text: str) -> JitsiConfig:
    """What a config.js says; of a text that is none, nothing."""
    found = read_values(text)

    def line(name: str) -> str:
        value = found.get(name, "")
        return value if isinstance(value, str) else ""

    return JitsiConfig(
        domain=line("hosts.domain"),
        anonymous_domain=line("hosts.anonymousdomain"),
        auth_domain=line("hosts.authdomain"),
        muc=line("hosts.muc"),
        bosh=line("bosh"),
        websocket=line("websocket"),
        conference_request_url=line("conferenceRequestUrl"),
        login_by_token=bool(found.get("tokenAuthUrl")),
        disable_iframe_api=found.get("disableIframeAPI") is True,
        features=tuple(dict.fromkeys(word for name, word in _FEATURES.items() if found.get(name))),
    )


def read_values(text: str) -> dict[str, Value]:
    """Every plain value by its dotted path: fields of objects, and what is assigned to `config` and parts of it."""
    pieces = [match[0] for match in _PIECE.finditer(text) if match.lastgroup != "skip"]
    found: dict[str, Value] = {}
    path: list[str | None] = []  # one for each open bracket; None where names mean nothing to us
    opening: str | None = None
    at = 0
    while at < len(pieces):
        name, after = _named(pieces, at, inside=bool(path) and path[-1] is not None)
        if name is not None:
            value = _literal(pieces, after) if len(path) <= _DEEPEST else None
            full = _joined([*path, name] if pieces[after - 1] == ":" else [name])
            if value is not None and full is not None:
                found[full.removeprefix("config.")] = value
            opening = name if after < len(pieces) and pieces[after] == "{" else None
            at = after
            continue
        if pieces[at] in _OPEN:
            path.append(opening if pieces[at] == "{" else None)
        elif pieces[at] in _CLOSE and path:
            path.pop()
        opening = None
        at += 1
    return found


def _is_text(piece: str) -> bool:
    # A text keeps its opening quote, by which it is told from a word.
    return piece[0] in "'\"`"


def _is_word(piece: str) -> bool:
    return piece[0].isalpha() or piece[0] in "_$"


def _plain(piece: str) -> str:
    return _INCLUDED.sub("", piece[1:].removesuffix(piece[0]))


def _named(pieces: list[str], at: int, *, inside: bool) -> tuple[str | None, int]:
    """The name that gets a value here, and where that begins: ``name: value`` or ``config.name = value``."""
    first = pieces[at]
    is_key = inside and pieces[at + 1 : at + 2] == [":"] and pieces[at - 1] in {"{", ","}
    if is_key and (_is_text(first) or _is_word(first)):
        return (_plain(first) if _is_text(first) else first), at + 2
    if not _is_word(first) or (at and pieces[at - 1] == "."):
        return None, at
    chain, end = [first], at + 1
    while end + 1 < len(pieces) and pieces[end] == "." and _is_word(pieces[end + 1]):
        chain.append(pieces[end + 1])
        end += 2
    if end + 1 < len(pieces) and pieces[end] == "=" and pieces[end + 1] != "=":
        return ".".join(chain), end + 1
    return None, at


def _joined(path: list[str | None]) -> str | None:
    names = [name for name in path[: _DEEPEST + 1] if name is not None]
    return ".".join(names) if len(names) == len(path) else None


def _literal(pieces: list[str], at: int) -> Value | None:
    """A value that is plainly there: a text (also put together of several), a number, true or false."""
    texts: list[str] = []
    single: Value | None = None
    while at < len(pieces):
        piece = pieces[at]
        if _is_text(piece):
            texts.append(_plain(piece))
        elif piece in _EMPTY_NAMES:
            texts.append("")
        elif not texts and (piece in _CONSTANTS or piece[0].isdigit()):
            single = _CONSTANTS[piece] if piece in _CONSTANTS else _number(piece)
        else:
            return None
        at += 1
        if at >= len(pieces) or pieces[at] not in _OPERATORS:
            return "".join(texts) if texts else single
        if pieces[at] != "+" or single is not None:
            return None
        at += 1
    return None


def _number(piece: str) -> float | None:
    try:
        return float(piece)
    except ValueError:
        return None
