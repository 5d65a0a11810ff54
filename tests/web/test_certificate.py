import asyncio
import ssl
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

import pytest

from videocall.web.certificate import (
    CertificateFiles,
    address_on_network,
    certificate_for,
    local_addresses,
    local_names,
)

NOW = datetime.now(UTC)
LOOPBACK = IPv4Address("127.0.0.1")
PHONE_SIDE = IPv4Address("192.168.7.20")


def make(
    folder: Path, addresses: Iterable[IPv4Address | IPv6Address] = (LOOPBACK,), now: datetime = NOW
) -> CertificateFiles:
    return certificate_for(folder, ["localhost"], addresses, now)


async def handshake(files: CertificateFiles, called: str) -> None:
    """Meet a server that uses the certificate, as a client that trusts it and calls the server by this name."""
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(files.certificate, files.key)
    trusting = ssl.create_default_context(cafile=str(files.certificate))
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=serving)
    async with server, asyncio.timeout(5):
        port = server.sockets[0].getsockname()[1]
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting, server_hostname=called)
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize("called", ["127.0.0.1", "::1", "192.168.7.20", "localhost", "kitchen.local"])
async def test_browsers_can_verify_it_under_every_name_and_address(tmp_path: Path, called: str) -> None:
    addresses: list[IPv4Address | IPv6Address] = [LOOPBACK, IPv6Address("::1"), PHONE_SIDE]
    files = certificate_for(tmp_path, ["localhost", "kitchen.local"], addresses, NOW)

    await handshake(files, called)


async def test_it_speaks_for_nobody_else(tmp_path: Path) -> None:
    files = make(tmp_path)

    with pytest.raises(ssl.SSLCertVerificationError):
        await handshake(files, "192.168.7.21")


def test_only_its_owner_can_read_the_key(tmp_path: Path) -> None:
    assert make(tmp_path).key.stat().st_mode & 0o777 == 0o600


def test_it_stays_the_same_so_that_a_phone_is_warned_once(tmp_path: Path) -> None:
    first = make(tmp_path, [LOOPBACK, PHONE_SIDE]).certificate.read_bytes()

    assert make(tmp_path, [PHONE_SIDE, LOOPBACK], NOW + timedelta(days=300)).certificate.read_bytes() == first
    assert make(tmp_path, [LOOPBACK]).certificate.read_bytes() == first


async def test_a_new_address_gets_a_new_certificate(tmp_path: Path) -> None:
    make(tmp_path)

    await handshake(make(tmp_path, [LOOPBACK, PHONE_SIDE]), "192.168.7.20")


def test_it_is_renewed_before_it_expires(tmp_path: Path) -> None:
    first = make(tmp_path).certificate.read_bytes()

    assert make(tmp_path, now=NOW + timedelta(days=380)).certificate.read_bytes() != first


@pytest.mark.parametrize("lost", ["lan-key.pem", "lan-certificate.pem"])
@pytest.mark.parametrize("content", [None, b"", b"nonsense"])
async def test_a_lost_or_broken_half_is_made_anew(tmp_path: Path, lost: str, content: bytes | None) -> None:
    make(tmp_path)
    (tmp_path / lost).unlink()
    if content is not None:
        (tmp_path / lost).write_bytes(content)

    await handshake(make(tmp_path), "localhost")


async def test_a_key_of_another_certificate_is_replaced(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    files, others = make(tmp_path / "one"), make(tmp_path / "other")
    files.key.write_bytes(others.key.read_bytes())

    await handshake(make(tmp_path / "one"), "localhost")


def test_this_machine_knows_its_own_addresses_and_names() -> None:
    here = address_on_network()

    assert {ip_address("127.0.0.1"), ip_address("::1")} <= set(local_addresses())
    assert here is None or here in local_addresses()
    assert "localhost" in local_names()
