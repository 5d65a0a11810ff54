"""Every setting, in one frozen struct, read once from the environment and a ``.env`` file.

A field `some_name` is set by ``VIDEOCALL_SOME_NAME``. Lists are comma separated. docs/configuration.md lists them all,
and a test fails when one is missing there.
"""

from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, get_type_hints

import msgspec
from msgspec import Meta, Struct

PREFIX = "VIDEOCALL_"

Seconds = Annotated[float, Meta(gt=0, le=365 * 86400, description="a number of seconds over 0, at most a year")]
Days = Annotated[int, Meta(ge=0, le=36500, description="a number of days, or 0 for ever")]
Rate = Annotated[
    str,
    Meta(
        pattern=r"^[1-9][0-9]*/([1-9][0-9]* )?(second|minute|hour|day)s?$",
        description="a rate like 30/minute or 5/15 minutes",
    ),
]
WebAddress = Annotated[
    str,
    Meta(pattern=r"^(https?://[^/\s]+/?)?$", description="an address like https://meet.example.org, without a path"),
]
IssuerAddress = Annotated[
    str,
    Meta(pattern=r"^(https?://\S+)?$", description="the issuer of an OpenID provider, like https://id.example.org"),
]
MailServer = Annotated[
    str,
    Meta(pattern=r"^(smtps?://[^/\s]+/?)?$", description="an address like smtp://NAME:PASSWORD@mail.example.org:587"),
]


class BadSetting(ValueError):
    """A setting has a value that it cannot have; the sentence names the setting and what it takes."""


class Settings(Struct, frozen=True):
    """What an operator can choose; units are in the names, and rates read like ``30/minute``."""

    data: Path = Path("data")
    store: str = ""
    redis_url: str = ""
    workers: Annotated[int, Meta(ge=1, le=64)] = 1
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8000
    site_url: WebAddress = ""
    trusted_proxies: tuple[str, ...] = ()
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    metrics_token: str = ""
    admin_addresses: tuple[str, ...] = ()

    direct_limit: Annotated[int, Meta(ge=2, le=8)] = 6
    heartbeat_seconds: Seconds = 10
    reconnect_grace_seconds: Seconds = 30
    abandoned_after_seconds: Seconds = 90
    empty_after_seconds: Seconds = 60
    sweep_seconds: Seconds = 10
    presence_write_seconds: Seconds = 15
    join_within_seconds: Seconds = 600

    stun_urls: tuple[str, ...] = ()
    turn_urls: tuple[str, ...] = ()
    turn_secret: str = ""
    turn_ttl_seconds: Annotated[int, Meta(ge=60)] = 12 * 3600
    ice_policy: Literal["all", "relay"] = "all"

    pool_limit: Annotated[int, Meta(ge=2, le=1000)] = 75
    pool_region: str = ""
    pool_probe_seconds: Seconds = 60
    pool_private_addresses: bool = False
    pool_ca: str = ""

    smtp_url: MailServer = ""
    mail_from: str = "VideoCall <no-reply@localhost>"
    mail_poll_seconds: Seconds = 15

    push_private_addresses: bool = False
    push_rate: Rate = "60/hour"

    oidc_issuer: IssuerAddress = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_name: str = "single sign-on"

    bcrypt_cost: Annotated[int, Meta(ge=4, le=16)] = 12
    password_queue: Annotated[int, Meta(ge=1)] = 64
    register_rate: Rate = "20/hour"
    sign_in_rate: Rate = "10/15 minutes"
    sign_in_address_rate: Rate = "200/15 minutes"
    mail_rate: Rate = "5/hour"
    mail_address_rate: Rate = "30/hour"

    operator: str = ""
    operator_contact: str = ""
    hosting: str = ""
    keep_meetings_days: Days = 0
    keep_deletion_requests_days: Days = 0
    keep_audit_days: Days = 0

    invite_rate: Rate = "300/day"
    create_rate: Rate = "30/10 minutes"
    join_rate: Rate = "120/minute"
    meeting_join_rate: Rate = "300/minute"
    guess_rate: Rate = "5/15 minutes"
    request_rate: Rate = "1200/minute"
    admin_rate: Rate = "600/minute"
    messages_per_second: Annotated[int, Meta(ge=10)] = 200

    @property
    def store_url(self) -> str:
        """Where documents are kept: the setting, or the embedded store in the data folder."""
        return self.store or f"sqlite:///{self.data / 'videocall.db'}"

    @property
    def public_url(self) -> str:
        """The site's address as people type it, without a slash at the end."""
        return (self.site_url or f"http://localhost:{self.port}").rstrip("/")


def load_settings(environment: Mapping[str, str], dotenv: Path | None = Path(".env")) -> Settings:
    """Read the settings; the environment wins over `dotenv`.

    Raises `BadSetting` for a name that does not exist or a value that does not fit.
    """
    given = {**(read_dotenv(dotenv) if dotenv and dotenv.is_file() else {}), **environment}
    kinds = get_type_hints(Settings, include_extras=True)
    values: dict[str, object] = {}
    for name, text in given.items():
        if not name.startswith(PREFIX):
            continue
        field = name.removeprefix(PREFIX).lower()
        if field not in kinds:
            raise BadSetting(f"There is no setting {name}; docs/configuration.md lists them all.")
        is_list = kinds[field] == tuple[str, ...]
        values[field] = [part.strip() for part in text.split(",") if part.strip()] if is_list else text
    try:
        settings = msgspec.convert(values, Settings, strict=False, dec_hook=lambda kind, value: kind(value))
    except msgspec.ValidationError as error:
        field = str(error).rpartition("$.")[2].strip("`").partition("[")[0]
        takes = next((meta.description for meta in getattr(kinds[field], "__metadata__", ()) if meta.description), None)
        reason = f"it takes {takes}" if takes else str(error).partition(" - at")[0]
        raise BadSetting(f"{PREFIX}{field.upper()} does not fit: {reason}.") from None
    for network in settings.admin_addresses:
        try:
            ip_network(network)
        except ValueError:
            raise BadSetting(
                f"VIDEOCALL_ADMIN_ADDRESSES takes addresses and networks like 192.0.2.7 or 10.0.0.0/8, not {network!r}."
            ) from None
    if settings.redis_url and not settings.redis_url.startswith(("redis://", "rediss://", "unix://")):
        raise BadSetting("VIDEOCALL_REDIS_URL is redis://HOST:PORT/0, with rediss:// for TLS or unix:// for a socket.")
    if settings.oidc_issuer and not (settings.oidc_client_id and settings.oidc_client_secret):
        raise BadSetting("VIDEOCALL_OIDC_ISSUER needs VIDEOCALL_OIDC_CLIENT_ID and VIDEOCALL_OIDC_CLIENT_SECRET.")
    if settings.turn_urls and not settings.turn_secret:
        raise BadSetting("VIDEOCALL_TURN_URLS needs VIDEOCALL_TURN_SECRET, the shared secret of the TURN server.")
    return settings


def read_dotenv(path: Path) -> dict[str, str]:
    """Lines of ``NAME=value``; blank lines and lines that begin with # are passed over, quotes around a value fall."""
    pairs = (line.partition("=") for line in path.read_text("utf-8").splitlines() if "=" in line)
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs if not name.strip().startswith("#")}
