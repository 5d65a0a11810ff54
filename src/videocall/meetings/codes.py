"""Meeting codes: what a link carries, ``xxx-xxxx-xxx``.

Ten characters of Crockford's base32, so 50 random bits, without letters that are mistaken for digits when read aloud.
"""

import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 10
_CONFUSED = str.maketrans("oil", "011")


def new_code() -> str:
    """A fresh random code in its written form."""
    return _written("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def read_code(text: str) -> str | None:
    """The code that somebody means who typed `text`: capitals, spaces, missing dashes and o/0, i/l/1 are forgiven."""
    plain = "".join(text.split()).replace("-", "").lower().translate(_CONFUSED)
    return _written(plain) if len(plain) == LENGTH and set(plain) <= set(ALPHABET) else None


def _written(plain: str) -> str:
    return f"{plain[:3]}-{plain[3:7]}-{plain[7:]}"
