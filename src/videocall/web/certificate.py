"""The self-made certificate of ``videocall serve --lan``, kept in the data folder, and the addresses it speaks for.

Browsers hand out camera and microphone on secure origins only, so a phone on the same network needs HTTPS.
"""

import fcntl
import os
import socket
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID_FOR = timedelta(days=397)
"""The longest that every browser takes."""
RENEW_BEFORE = timedelta(days=30)
CLOCK_SKEW = timedelta(days=1)
"""A phone whose clock is behind must not find a certificate of tomorrow."""


class CertificateFiles(NamedTuple):
    """Where a certificate and its key are, both PEM."""

    certificate: Path
    key: Path


def certificate_for(
    folder: Path, names: Iterable[str], addresses: Iterable[IPv4Address | IPv6Address], now: datetime
) -> CertificateFiles:
    """Give the certificate in `folder`, made anew when it lacks a name or an address or is about to expire."""
    files = CertificateFiles(folder / "lan-certificate.pem", folder / "lan-key.pem")
    wanted = x509.SubjectAlternativeName(
        [
            *(x509.DNSName(name) for name in sorted(set(names))),
            *(x509.IPAddress(address) for address in sorted(set(addresses), key=str)),
        ]
    )
    if not _serves(files, wanted, now):
        _make(files, wanted, now)
    return files


def _serves(files: CertificateFiles, wanted: x509.SubjectAlternativeName, now: datetime) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
        key = load_pem_private_key(files.key.read_bytes(), password=None)
        named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (FileNotFoundError, ValueError, x509.ExtensionNotFound):
        return False
    in_time = certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc - RENEW_BEFORE
    return in_time and set(wanted) <= set(named) and key.public_key() == certificate.public_key()


def _make(files: CertificateFiles, names: x509.SubjectAlternativeName, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "VideoCall.cc on the local network")])
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SKEW)
        .not_valid_after(now - CLOCK_SKEW + VALID_FOR)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(identifier, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .sign(key, SHA256())
    )
    _write(files.key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), mode=0o600)
    _write(files.certificate, certificate.public_bytes(Encoding.PEM), mode=0o644)


def _write(path: Path, content: bytes, *, mode: int) -> None:
    fresh = path.with_suffix(".fresh")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    fresh.replace(path)


def local_names() -> list[str]:
    """What this machine may be called on its network."""
    host = socket.gethostname()
    if not host.isascii() or host == "localhost":
        return ["localhost"]
    return ["localhost", host, *([] if "." in host else [f"{host}.local"])]


def local_addresses() -> list[IPv4Address | IPv6Address]:
    """Every address of this machine that can be found without sending a packet."""
    found: set[IPv4Address | IPv6Address] = {IPv4Address("127.0.0.1"), IPv6Address("::1")}
    found.update(filter(None, [_outward(socket.AF_INET, "203.0.113.1"), _outward(socket.AF_INET6, "2001:db8::1")]))
    found.update(_of_interfaces())
    return sorted(found, key=str)


def address_on_network() -> IPv4Address | IPv6Address | None:
    """The address under which others on the network reach this machine: the one that traffic leaves from."""
    outward = _outward(socket.AF_INET, "203.0.113.1") or _outward(socket.AF_INET6, "2001:db8::1")
    return outward or next((one for one in _of_interfaces() if not one.is_loopback and not one.is_link_local), None)


def _outward(family: socket.AddressFamily, somewhere: str) -> IPv4Address | IPv6Address | None:
    # Connecting a datagram socket only chooses a route; nothing is sent.
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((somewhere, 9))
        return ip_address(probe.getsockname()[0])
    return None


def _of_interfaces() -> list[IPv4Address]:
    if sys.platform != "linux":
        return []
    siocgifaddr = 0x8915
    addresses = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            with suppress(OSError):  # an interface without an IPv4 address
                answer = fcntl.ioctl(probe, siocgifaddr, struct.pack("256s", name.encode()))
                addresses.append(IPv4Address(answer[20:24]))
    return addresses
