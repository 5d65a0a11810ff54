"""What is kept of countries and regions for the phone app, and what its API says."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

Scope = Literal["default", "region", "country"]
Network = Literal["admob", "applovin", "unity", "ironsource", "meta"]
AdType = Literal["banner", "interstitial", "rewarded", "native", "app_open"]
Platform = Literal["ios", "android"]
Consent = Literal["not_needed", "needed"]

Country = Annotated[str, Meta(pattern=r"^[A-Z]{2}(?!\n)$", description="Two letters, as in ISO 3166-1.")]
Colour = Annotated[str, Meta(pattern=r"^#[0-9a-fA-F]{6}(?!\n)$", description="Like #0b6a57.")]
AppVersion = Annotated[str, Meta(pattern=r"^[0-9]{1,4}(\.[0-9]{1,4}){1,2}(?!\n)$", description="Like 1.4 or 1.4.2.")]


class Branding(Struct, kw_only=True, forbid_unknown_fields=True):
    """How the app looks: `accent` is the colour of buttons, `on_accent` that of the text on them."""

    name: Annotated[str, Meta(min_length=1, max_length=40)] = "VideoCall.cc"
    accent: Colour = "#0b6a57"
    on_accent: Colour = "#ffffff"
    background: Colour = "#f5f7f4"


class AdUnit(Struct, forbid_unknown_fields=True):
    """One place for advertising in the app, as its network knows it."""

    type: AdType
    platform: Platform
    unit_id: Annotated[str, Meta(min_length=1, max_length=100)]


class AdFrequency(Struct, forbid_unknown_fields=True):
    """How often at most something is shown that covers the page; nothing ever covers a meeting."""

    seconds_between: Annotated[int, Meta(ge=30, le=86400)] = 300
    most_per_day: Annotated[int, Meta(ge=1, le=100)] = 6


class Ads(Struct, kw_only=True, forbid_unknown_fields=True):
    """Advertising in the app; off by default. With `consent` needed the app asks before it loads anything."""

    enabled: bool = False
    network: Network | None = None
    units: Annotated[list[AdUnit], Meta(max_length=40)] = []
    frequency: AdFrequency = msgspec.field(default_factory=AdFrequency)
    consent: Consent = "needed"


class MinimumVersion(Struct, kw_only=True, forbid_unknown_fields=True):
    """The oldest app that still works with this server; null for any."""

    ios: AppVersion | None = None
    android: AppVersion | None = None


# --- kept in the store ------------------------------------------------------------------------------------------------


class Region(Struct, kw_only=True):
    """Settings of a country (its `_id` is the code), of several countries, or of all others (`default`).

    `revision` counts changes. `logo` is the name of a file beside the profile pictures, empty for none.
    """

    id: str = msgspec.field(name="_id")
    scope: Scope
    name: str
    countries: list[str]
    branding: Branding
    ads: Ads
    minimum_version: MinimumVersion
    revision: int
    changed_at: datetime
    changed_by: str
    logo: str = ""


# --- taken and said by the API ----------------------------------------------------------------------------------------


class RegionBody(Struct, kw_only=True, forbid_unknown_fields=True):
    """Body of PUT /api/admin/regions/{key}; `revision` is of the state that was seen, 0 where there was none.

    The key is `default`, the code of a country, or a name of lower-case letters for a region with its `countries`.
    """

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    countries: Annotated[list[Country], Meta(max_length=250)] = []
    branding: Branding = msgspec.field(default_factory=Branding)
    ads: Ads = msgspec.field(default_factory=Ads)
    minimum_version: MinimumVersion = msgspec.field(default_factory=MinimumVersion)
    revision: Annotated[int, Meta(ge=0)] = 0


class RegionView(Struct, kw_only=True):
    """Settings as administrators see them. `logo` is an address; `warnings` say what is doubtful but allowed."""

    key: str
    scope: Scope
    name: str
    countries: list[str]
    branding: Branding
    logo: str | None
    ads: Ads
    minimum_version: MinimumVersion
    revision: int
    changed_at: datetime | None
    changed_by: str
    warnings: list[str]


class RegionPage(Struct):
    """Some of the countries and regions."""

    items: list[RegionView]
    next_cursor: str | None


class AppBranding(Struct, kw_only=True):
    """How the app looks; `logo` is the address of a square WebP picture."""

    name: str
    accent: str
    on_accent: str
    background: str
    logo: str | None


class MobileConfig(Struct, kw_only=True):
    """Answer to GET /api/mobile/config: of the country, else of its region, else of all others (`source`)."""

    country: str | None
    source: Scope
    region: str | None
    branding: AppBranding
    ads: Ads
    minimum_version: MinimumVersion
