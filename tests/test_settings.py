"""Settings come from the environment and from a file, and bad ones are named."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import fields

from videocall.settings import PREFIX, BadSetting, Settings, load_settings, read_dotenv

SPECIAL = {
    "data": "/srv/videocall",
    "log_level": "debug",
    "ice_policy": "relay",
    "site_url": "https://meet.example.org",
    "smtp_url": "smtps://ada:p%40ss@mail.example.org:465",
    "oidc_issuer": "https://id.example.org/realm",
    "redis_url": "rediss://:geheim@cache.example.org:6379/1",
    "direct_limit": "4",
    "bcrypt_cost": "5",
}


def sample(name: str, default: Any) -> tuple[str, Any]:
    """A value that differs from the default, as it is written and as it is read."""
    if name in SPECIAL:
        text = SPECIAL[name]
        return text, type(default)(text)
    if name == "admin_addresses":
        return "192.0.2.7, 10.0.0.0/8", ("192.0.2.7", "10.0.0.0/8")
    if isinstance(default, tuple):
        return " one, two ,", ("one", "two")
    if isinstance(default, int):
        return str(default + 1), default + 1
    if name.endswith("_rate"):
        return "7/3 hours", "7/3 hours"
    return f"some {name}", f"some {name}"


EVERY = {field.name: sample(field.name, field.default) for field in fields(Settings)}
ENVIRONMENT = {f"{PREFIX}{name.upper()}": text for name, (text, _) in EVERY.items()}


def values(settings: Settings) -> dict[str, Any]:
    return {field.name: getattr(settings, field.name) for field in fields(Settings)}


def test_every_setting_comes_from_the_environment() -> None:
    read = values(load_settings({**ENVIRONMENT, "PATH": "/bin", "VIDEO": "no"}, None))
    assert read == {name: value for name, (_, value) in EVERY.items()}
    assert all(read[field.name] != field.default for field in fields(Settings))


def test_every_setting_comes_from_a_file_and_the_environment_wins(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    lines = [f'{name} = "{text}"' for name, text in ENVIRONMENT.items()]
    dotenv.write_text("\n".join(["# VIDEOCALL_PORT=1", "", "OTHER=thing", *lines]), "utf-8")
    from_file = load_settings({}, dotenv)
    assert values(from_file) == {name: value for name, (_, value) in EVERY.items()}
    assert load_settings({"VIDEOCALL_PORT": "9"}, dotenv).port == 9
    assert load_settings({}, tmp_path / "missing") == Settings()


def test_a_file_is_read_line_by_line(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("A=1\n  B = 'two words'  \n#C=3\nD=x=y\nnothing\nE=\n", "utf-8")
    assert read_dotenv(dotenv) == {"A": "1", "B": "two words", "D": "x=y", "E": ""}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PROT", "1", "There is no setting VIDEOCALL_PROT; docs/configuration.md lists them all."),
        ("PORT", "http", "VIDEOCALL_PORT does not fit: Expected `int`, got `str`."),
        ("PORT", "65536", "VIDEOCALL_PORT does not fit: Expected `int` <= 65535."),
        ("DIRECT_LIMIT", "9", "VIDEOCALL_DIRECT_LIMIT does not fit: Expected `int` <= 8."),
        ("LOG_LEVEL", "loud", "VIDEOCALL_LOG_LEVEL does not fit: Invalid enum value 'loud'."),
        ("ADMIN_ADDRESSES", "10.0.0.0/8, intranet", "networks like 192.0.2.7 or 10.0.0.0/8, not 'intranet'"),
        ("ICE_POLICY", "none", "VIDEOCALL_ICE_POLICY does not fit: Invalid enum value 'none'."),
        ("SWEEP_SECONDS", "0", "it takes a number of seconds over 0"),
        ("SWEEP_SECONDS", "nan", "it takes a number of seconds over 0"),
        ("SWEEP_SECONDS", "inf", "it takes a number of seconds over 0, at most a year"),
        ("CREATE_RATE", "many", "VIDEOCALL_CREATE_RATE does not fit: it takes a rate like 30/minute or 5/15 minutes."),
        ("CREATE_RATE", "0/minute", "it takes a rate"),
        ("SITE_URL", "meet.example.org", "it takes an address like https://meet.example.org, without a path"),
        ("SITE_URL", "https://meet.example.org/calls", "without a path"),
        ("SMTP_URL", "mail.example.org:25", "it takes an address like smtp://"),
        ("REDIS_URL", "cache.example.org", "VIDEOCALL_REDIS_URL is redis://HOST:PORT/0"),
        ("TURN_URLS", "turn:turn.example.org", "VIDEOCALL_TURN_URLS needs VIDEOCALL_TURN_SECRET"),
    ],
)
def test_a_bad_value_is_named_with_what_the_setting_takes(name: str, value: str, sentence: str) -> None:
    with pytest.raises(BadSetting) as refused:
        load_settings({PREFIX + name: value}, None)
    assert sentence in str(refused.value)
    assert (PREFIX + name) in str(refused.value)


def test_a_bad_secret_is_not_repeated() -> None:
    with pytest.raises(BadSetting) as refused:
        load_settings({"VIDEOCALL_SMTP_URL": "smpt://ada:sesame@mail.example.org"}, None)
    assert "sesame" not in str(refused.value)


@pytest.mark.parametrize(
    ("settings", "store", "site"),
    [
        (Settings(), "sqlite:///data/videocall.db", "http://localhost:8000"),
        (Settings(data=Path("/srv"), port=81), "sqlite:////srv/videocall.db", "http://localhost:81"),
        (
            Settings(store="mongodb://db", site_url="https://meet.example.org/"),
            "mongodb://db",
            "https://meet.example.org",
        ),
    ],
)
def test_what_is_left_empty_follows_from_the_rest(settings: Settings, store: str, site: str) -> None:
    assert (settings.store_url, settings.public_url) == (store, site)
