"""Secrets of this installation: made at first start, kept in the data folder, never shown."""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from videocall.settings import BadSetting

KEY_FILE = "secret.key"
ROOT_BYTES = 32


class Keys:
    """One root secret of 32 bytes, from which a key of its own is derived for each purpose (HKDF, RFC 5869)."""

    def __init__(self, root: bytes) -> None:
        self._root = root
        self._passwords = Fernet(base64.urlsafe_b64encode(self.derive("meeting passwords at rest")))

    @classmethod
    def open(cls, folder: Path) -> "Keys":
        """Read the root secret of a data folder, or make it, readable by its owner only (mode 0600).

        Raises `BadSetting` for a file that holds something else: a key cut short could be guessed.
        """
        path = folder / KEY_FILE
        if not path.exists():
            # Written aside and linked into place: of several processes that start at once, one wins and all agree.
            fresh = folder / f".{KEY_FILE}.{secrets.token_hex(8)}"
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(ROOT_BYTES))
                file.flush()
                os.fsync(file.fileno())  # what is encrypted with it must not outlive it
            try:
                os.link(fresh, path)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        root = path.read_bytes()
        if len(root) != ROOT_BYTES:
            raise BadSetting(f"{path} is damaged: put it back from a backup of the data folder.")
        return cls(root)

    def derive(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose."""
        return HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(self._root)

    def seal_password(self, password: str) -> str:
        """Encrypt a meeting's password for storage: its creator may read it back (policy section 9)."""
        return self._passwords.encrypt(password.encode()).decode()

    def open_password(self, sealed: str) -> str:
        """Decrypt what `seal_password` made."""
        return self._passwords.decrypt(sealed.encode()).decode()

    def seal(self, purpose: str, text: str) -> str:
        """Encrypt a text for storage, with a key of its own for each purpose."""
        return self._sealer(purpose).encrypt(text.encode()).decode()

    def unseal(self, purpose: str, sealed: str) -> str:
        """Decrypt what `seal` made for the same purpose."""
        return self._sealer(purpose).decrypt(sealed.encode()).decode()

    def _sealer(self, purpose: str) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self.derive(purpose)))

    def fingerprint(self, purpose: str, text: str) -> str:
        """A keyed digest that can be compared and stored, and tells nothing about the text without the root secret."""
        return hmac.new(self.derive(purpose), text.encode(), hashlib.sha256).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare two secrets in a time that does not depend on where they differ."""
    return hmac.compare_digest(left.encode(), right.encode())
