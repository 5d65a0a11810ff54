"""Settings of the phone app: asked for by the app, changed by administrators."""

from collections.abc import Sequence
from datetime import datetime

from videocall.accounts.pictures import Pictures
from videocall.clock import Clock
from videocall.lists import Wish, page_of, words
from videocall.mobile import rules
from videocall.mobile.model import (
    Ads,
    AppBranding,
    Branding,
    MinimumVersion,
    MobileConfig,
    Region,
    RegionBody,
    RegionView,
    Scope,
)
from videocall.mobile.repository import MobileRepository
from videocall.problems import InvalidBody, NotFound, RegionChanged
from videocall.texts import one_line

SORTS = {"name": str, "changed_at": datetime | None}


class MobileSettings:
    """Countries, regions, and the default for all others."""

    def __init__(self, *, clock: Clock, repository: MobileRepository, pictures: Pictures, site: str) -> None:
        self._clock = clock
        self._repository = repository
        self._pictures = pictures
        self._site = site

    async def config(self, country: str | None) -> MobileConfig:
        """What the app gets in a country."""
        region = rules.chosen(await self._repository.all(), country)
        branding = region.branding if region else Branding()
        ads = region.ads if region else Ads()
        return MobileConfig(
            country=country,
            source=region.scope if region else "default",
            region=region.name if region and region.scope == "region" else None,
            branding=AppBranding(
                name=branding.name,
                accent=branding.accent,
                on_accent=branding.on_accent,
                background=branding.background,
                logo=self._address(region.logo) if region else None,
            ),
            # Nobody needs to know the units of what is off.
            ads=ads if ads.enabled else Ads(consent=ads.consent),
            minimum_version=region.minimum_version if region else MinimumVersion(),
        )

    async def listed(self, wish: Wish, scope: Scope | None = None) -> tuple[list[RegionView], str | None]:
        """One page of the settings, the default among them while nobody has set it, and the cursor of the next."""
        regions = await self._repository.all()
        views = [self._view(region) for region in regions]
        if _find(regions, rules.DEFAULT) is None:
            views.append(_built_in(rules.DEFAULT, "default", Branding()))
        shown = [view for view in views if scope in {None, view.scope}]
        return page_of(shown, wish, "key", SORTS, words(wish.q, "key", "name", "countries", "changed_by"))

    async def view(self, key: str) -> RegionView:
        """Settings as they are; of a key that has none, what they begin with: the looks of all others, no advertising.

        Raises `NotFound` for what can be no key.
        """
        scope, regions = rules.scope_of(key), await self._repository.all()
        if scope is None:
            raise NotFound(rules.NO_KEY)
        region, default = _find(regions, key), _find(regions, rules.DEFAULT)
        return self._view(region) if region else _built_in(key, scope, default.branding if default else Branding())

    async def put(self, key: str, wish: RegionBody, author: str) -> RegionView:
        """Set what holds for a country, a region, or all others.

        Raises `InvalidBody`, and `RegionChanged` when somebody else saved meanwhile.
        """
        regions = await self._repository.all()
        errors = rules.errors_of(key, wish, regions)
        if consent := rules.consent_error(key, wish):
            errors["ads.consent"] = consent
        name, brand = one_line(wish.name), one_line(wish.branding.name)
        errors |= {
            field: "Please give it a name." for field, text in (("name", name), ("branding.name", brand)) if not text
        }
        scope = rules.scope_of(key)
        if errors or scope is None:
            raise InvalidBody(" ".join(errors.values()), errors=errors)
        wish.branding.name = brand
        before = _find(regions, key)
        region = Region(
            id=key,
            scope=scope,
            name=name,
            countries=sorted(set(wish.countries)),
            branding=wish.branding,
            ads=wish.ads,
            minimum_version=wish.minimum_version,
            revision=wish.revision + 1,
            changed_at=self._clock.now(),
            changed_by=author,
            logo=before.logo if before else "",
        )
        if not await self._repository.save(region, over=wish.revision):
            raise RegionChanged
        return self._view(region)

    async def remove(self, key: str, revision: int) -> None:
        """Let a country or a region have what others have; raises `NotFound`, `RegionChanged`."""
        region = _find(await self._repository.all(), key)
        if region is None:
            raise NotFound
        if not await self._repository.remove(key, revision):
            raise RegionChanged
        self._pictures.erase(region.logo)

    async def put_logo(self, key: str, uploaded: bytes, author: str) -> RegionView:
        """Draw a logo anew and show it; raises `NotFound`, `PictureRefused`, `TooManyRequests`, `RegionChanged`."""
        await self._existing(key)
        return await self._exchange_logo(key, await self._pictures.keep(uploaded), author)

    async def remove_logo(self, key: str, author: str) -> RegionView:
        """Show none; raises `NotFound`, `RegionChanged`."""
        return await self._exchange_logo(key, "", author)

    async def _exchange_logo(self, key: str, logo: str, author: str) -> RegionView:
        region = await self._existing(key)
        changed = await self._repository.set_logo(
            key, region.logo, logo, changed_at=self._clock.now(), changed_by=author
        )
        if changed is None:
            self._pictures.erase(logo)
            raise RegionChanged
        self._pictures.erase(region.logo)
        return self._view(changed)

    async def _existing(self, key: str) -> Region:
        region = _find(await self._repository.all(), key)
        if region is None:
            raise NotFound("Save this country or region first.")
        return region

    def _address(self, logo: str) -> str | None:
        return f"{self._site}/uploads/{logo}" if logo else None

    def _view(self, region: Region) -> RegionView:
        return RegionView(
            key=region.id,
            scope=region.scope,
            name=region.name,
            countries=region.countries,
            branding=region.branding,
            logo=self._address(region.logo),
            ads=region.ads,
            minimum_version=region.minimum_version,
            revision=region.revision,
            changed_at=region.changed_at,
            changed_by=region.changed_by,
            warnings=rules.warnings_of(region.branding),
        )


def _built_in(key: str, scope: Scope, branding: Branding) -> RegionView:
    return RegionView(
        key=key,
        scope=scope,
        name="Everywhere else" if scope == "default" else key,
        countries=[],
        branding=branding,
        logo=None,
        ads=Ads(),
        minimum_version=MinimumVersion(),
        revision=0,
        changed_at=None,
        changed_by="",
        warnings=[],
    )


def _find(regions: Sequence[Region], key: str) -> Region | None:
    return next((region for region in regions if region.id == key), None)
