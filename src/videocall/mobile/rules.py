"""Pure decisions for the phone app: whose settings a country gets, and which settings cannot be."""

import re
from collections.abc import Sequence

from videocall.mobile.model import Ads, Branding, Network, Region, RegionBody, Scope

DEFAULT = "default"
NO_KEY = "This is `default`, a country like DE, or a region like north-america."
CONSENT_COUNTRIES = frozenset(
    (
        *("AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU"),
        *("MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE", "IS", "LI", "NO", "GB", "CH", "BR"),
    )
)
"""Where the law wants consent before advertising reads or keeps anything: the EEA, Britain, Switzerland, Brazil."""
READABLE = 4.5
"""Contrast of text on its ground (WCAG 2.2, 1.4.3)."""
_UNIT_IDS: dict[Network, str] = {
    "admob": r"ca-app-pub-[0-9]{16}/[0-9]{10}",
    "applovin": r"[0-9a-f]{16}",
    "unity": r"[A-Za-z0-9_-]{3,64}",
    "ironsource": r"[0-9A-Za-z]{4,32}",
    "meta": r"(IMG_16_9_APP_INSTALL#)?[0-9]{10,20}_[0-9]{10,20}",
}
_REGION_KEY = re.compile(r"[a-z][a-z0-9-]{2,39}")
_COUNTRY = re.compile(r"[A-Z]{2}")


def scope_of(key: str) -> Scope | None:
    """What a key stands for; None for what is none."""
    if key == DEFAULT:
        return "default"
    if _COUNTRY.fullmatch(key):
        return "country"
    return "region" if _REGION_KEY.fullmatch(key) else None


def chosen(regions: Sequence[Region], country: str | None) -> Region | None:
    """Whose settings a country gets: its own, its region's, everybody's. None while there are none at all."""
    by_id = {region.id: region for region in regions}
    of_region = (one for one in sorted(regions, key=lambda one: one.id) if country and country in one.countries)
    return by_id.get(country or "") or next(of_region, None) or by_id.get(DEFAULT)


def errors_of(key: str, wish: RegionBody, others: Sequence[Region]) -> dict[str, str]:
    """By field: what cannot be."""
    found: dict[str, str] = {}
    scope = scope_of(key)
    if scope is None:
        found["key"] = NO_KEY
    elif scope == "region" and not wish.countries:
        found["countries"] = "A region has at least one country."
    elif scope != "region" and wish.countries:
        found["countries"] = "Only a region has countries."
    for other in others:
        shared = sorted(set(other.countries) & set(wish.countries))
        if other.id != key and shared:
            found["countries"] = f"{', '.join(shared)} belongs to {other.name} already."
    return found | _ad_errors(wish.ads)


def _ad_errors(ads: Ads) -> dict[str, str]:
    found: dict[str, str] = {}
    if ads.enabled and ads.network is None:
        found["ads.network"] = "Choose the network, or switch advertising off."
    if ads.enabled and not ads.units:
        found["ads.units"] = "Enter at least one unit, or switch advertising off."
    seen: set[tuple[str, str]] = set()
    for at, unit in enumerate(ads.units):
        if ads.network is not None and not re.fullmatch(_UNIT_IDS[ads.network], unit.unit_id):
            found[f"ads.units.{at}.unit_id"] = f"This is no unit id of {ads.network}."
        if (unit.type, unit.platform) in seen:
            found[f"ads.units.{at}.type"] = "There is a unit of this type for this platform already."
        seen.add((unit.type, unit.platform))
    return found


def consent_error(key: str, wish: RegionBody) -> str | None:
    """Whether advertising without consent is wished where the law asks for it; all other countries may be anywhere."""
    if not wish.ads.enabled or wish.ads.consent == "needed":
        return None
    where = sorted(CONSENT_COUNTRIES & {key, *wish.countries})
    if key == DEFAULT:
        return "The default also holds where the law asks for consent; keep it, and leave it out by country or region."
    return f"The law asks for consent in {', '.join(where)}." if where else None


def warnings_of(branding: Branding) -> list[str]:
    """What is allowed, and not good."""
    pairs = {
        "Text on buttons is hard to read": (branding.accent, branding.on_accent, READABLE),
        "Buttons are hard to see on the background": (branding.accent, branding.background, 3.0),
    }
    return [
        f"{words}: contrast {contrast(one, other):.1f}, should be {least} or more."
        for words, (one, other, least) in pairs.items()
        if contrast(one, other) < least
    ]


def contrast(one: str, other: str) -> float:
    """How well two colours can be told apart, 1 to 21 (WCAG 2.2, contrast ratio)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)  # noqa: PLR2004 -- of sRGB
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
