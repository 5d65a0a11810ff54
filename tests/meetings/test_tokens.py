"""Meeting tokens: only what this installation signed, for a meeting, and for as long as it lasts."""

import base64
import hashlib
import hmac
import json
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from running_server import TurnedClock
from videocall.keys import Keys
from videocall.meetings.tokens import LIFETIME, MeetingToken, MeetingTokens
from videocall.problems import InvalidToken

KEYS = Keys(bytes(32))
KEY = KEYS.derive("meeting tokens")
TOKEN = MeetingToken(meeting="abc-defg-hjk", person="ada")


def part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def signed(claims: dict[str, Any], header: dict[str, Any], key: bytes = KEY, hash_name: str = "sha256") -> str:
    """A JWT made by hand (RFC 7515, section 3.1)."""
    text = f"{part(header)}.{part(claims)}"
    signature = hmac.new(key, text.encode(), getattr(hashlib, hash_name)).digest()
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def is_taken(tokens: MeetingTokens, text: str) -> bool:
    with suppress(InvalidToken):
        tokens.read(text)
        return True
    return False


@pytest.fixture
def tokens(clock: TurnedClock) -> MeetingTokens:
    return MeetingTokens(KEYS, clock)


@pytest.fixture
def claims(clock: TurnedClock) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    return {"aud": "meeting", "sub": "ada", "meeting": "abc-defg-hjk", "gen": 0, "iat": now, "exp": now + 60}


@pytest.fixture
def header(tokens: MeetingTokens) -> dict[str, Any]:
    encoded = tokens.sign(TOKEN).partition(".")[0]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(encoded + "=="))
    return read


def test_what_was_signed_is_read(tokens: MeetingTokens, claims: dict[str, Any], header: dict[str, Any]) -> None:
    assert tokens.read(tokens.sign(TOKEN)) == TOKEN
    assert tokens.read(signed(claims, header)) == TOKEN, "it is an ordinary JWT"
    assert header["alg"] == "HS256"


def test_a_token_holds_no_more_than_it_needs(tokens: MeetingTokens) -> None:
    body = tokens.sign(TOKEN).split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(body + "==")).keys() == {"aud", "sub", "meeting", "gen", "iat", "exp"}


def test_a_token_lasts_as_long_as_it_says(tokens: MeetingTokens, clock: TurnedClock) -> None:
    text = tokens.sign(TOKEN)
    clock.turn(seconds=(LIFETIME - timedelta(seconds=1)).total_seconds())
    assert tokens.read(text) == TOKEN
    clock.turn(seconds=1)
    with pytest.raises(InvalidToken):
        tokens.read(text)


def test_a_clock_that_goes_back_does_no_harm(tokens: MeetingTokens, clock: TurnedClock) -> None:
    text = tokens.sign(TOKEN)
    clock.turn(hours=-1)
    assert tokens.read(text) == TOKEN


def test_nothing_else_is_taken(tokens: MeetingTokens, claims: dict[str, Any], header: dict[str, Any]) -> None:
    good = signed(claims, header)
    head, body, signature = good.split(".")
    forgeries = {
        "another key": signed(claims, header, KEYS.derive("user tokens")),
        "another installation": signed(claims, header, Keys(bytes(31) + b"1").derive("meeting tokens")),
        "an empty key": signed(claims, header, b""),
        "no algorithm": f"{part({**header, 'alg': 'none'})}.{body}.",
        "no algorithm, signed": signed(claims, {**header, "alg": "none"}),
        "another algorithm": signed(claims, {**header, "alg": "HS512"}, hash_name="sha512"),
        "no signature": f"{head}.{body}.",
        "changed body": f"{head}.{part({**claims, 'sub': 'eve'})}.{signature}",
        "changed meeting": f"{head}.{part({**claims, 'meeting': 'xyz-xyzx-xyz'})}.{signature}",
        "another audience": signed({**claims, "aud": "user"}, header),
        "expired": signed({**claims, "exp": claims["iat"]}, header),
        **{
            f"no {name}": signed({key: claims[key] for key in claims if key != name}, header)
            for name in ("aud", "sub", "exp", "meeting")
        },
        "nothing": "",
        "dots": "..",
        "no JSON": "eA.eA.eA",
        "not ASCII": "ä.ö.ü",
    }
    assert [case for case, forgery in forgeries.items() if is_taken(tokens, forgery)] == []
    assert is_taken(tokens, good)
