"""The phone app's settings over HTTP (contract: /api/mobile/config), and the console's side of them."""

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, delete, get, put
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import JSONBody, MultipartBody, PathParameter, QueryParameter
from litestar.response import Stream
from litestar.status_codes import HTTP_200_OK, HTTP_304_NOT_MODIFIED

from videocall.accounts.picture import MOST_BYTES
from videocall.admin.service import Admins
from videocall.lists import Wish
from videocall.mobile.model import MobileConfig, RegionBody, RegionPage, RegionView, Scope
from videocall.mobile.service import MobileSettings
from videocall.problems import InvalidBody
from videocall.web.access import UserRequest, access, admin_of
from videocall.web.lists import Cursor, Limit, Words, table_answer

KEPT_SECONDS = 300
RegionKey = Annotated[str, PathParameter(description="`default`, a country like DE, or the name of a region.")]
Sort = Annotated[
    Literal["name", "-name", "changed_at", "-changed_at"], QueryParameter(description="By what; minus for the last.")
]
OfScope = Annotated[Scope | None, QueryParameter(description="Only the default, regions, or countries.")]


@dataclass
class LogoUpload:
    """A form with the picture in the field `file`."""

    file: UploadFile


@get("/api/mobile/config", opt=access("anyone"), summary="Settings of the phone app")
async def config(
    request: Request[Any, Any, Any],
    mobile: NamedDependency[MobileSettings],
    country: Annotated[
        str | None, QueryParameter(description="Two letters (ISO 3166-1); the default settings without it.")
    ] = None,
) -> Response[MobileConfig]:
    """Of the country, else of its region, else of all others. Ask again with the ETag when five minutes are over."""
    code = country.upper() if country else None
    if code is not None and not (len(code) == 2 and code.isascii() and code.isalpha()):  # noqa: PLR2004 -- letters
        wrong = "This is a country of two letters, like DE."
        raise InvalidBody(wrong, errors={"country": wrong})
    settings = await mobile.config(code)
    etag = f'"{hashlib.sha256(msgspec.json.encode(settings)).hexdigest()[:24]}"'
    headers = {"etag": etag, "cache-control": f"public, max-age={KEPT_SECONDS}"}
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if etag in known or "*" in known:
        return Response(None, status_code=HTTP_304_NOT_MODIFIED, headers=headers)  # type: ignore[arg-type]
    return Response(settings, headers=headers)


@get("/api/admin/regions", opt=access("admin"), summary="Countries and regions of the phone app")
async def list_regions(  # noqa: PLR0917 -- Litestar hands them over by name
    mobile: NamedDependency[MobileSettings],
    sort: Sort = "name",
    cursor: Cursor = None,
    limit: Limit = 50,
    q: Words = "",
    show: OfScope = None,
) -> RegionPage:
    """Searched by name, country, or who changed it."""
    items, next_cursor = await mobile.listed(Wish(sort=sort, cursor=cursor, limit=limit, q=q), show)
    return RegionPage(items=items, next_cursor=next_cursor)


@get("/api/admin/regions.csv", opt=access("admin"), media_type="text/csv", summary="Countries and regions as a table")
async def region_table(
    mobile: NamedDependency[MobileSettings], sort: Sort = "name", q: Words = "", show: OfScope = None
) -> Stream:
    """All of them, or what the same filters leave."""
    return table_answer("regions", partial(mobile.listed, scope=show), Wish(sort=sort, q=q), RegionView)


@get("/api/admin/regions/{key:str}", opt=access("admin"), summary="One country or region")
async def read_region(key: RegionKey, mobile: NamedDependency[MobileSettings]) -> RegionView:
    """What is not set yet has revision 0, and what it would begin with."""
    return await mobile.view(key)


@put("/api/admin/regions/{key:str}", opt=access("admin"), summary="Set a country or region")
async def put_region(
    key: RegionKey,
    data: JSONBody[RegionBody],
    request: UserRequest,
    mobile: NamedDependency[MobileSettings],
    admins: NamedDependency[Admins],
) -> RegionView:
    """What somebody else saved meanwhile is not written over."""
    who = admin_of(request)
    view = await mobile.put(key, data, who.admin.name)
    await admins.did(who, "region_saved", key, after={"revision": view.revision, "ads": view.ads.enabled})
    return view


@delete("/api/admin/regions/{key:str}", opt=access("admin"), summary="Remove a country or region")
async def remove_region(
    key: RegionKey,
    revision: Annotated[int, QueryParameter(description="Of the state that was seen.")],
    request: UserRequest,
    mobile: NamedDependency[MobileSettings],
    admins: NamedDependency[Admins],
) -> None:
    """It has what all others have from then on."""
    await mobile.remove(key, revision)
    await admins.did(admin_of(request), "region_removed", key)


@put(
    "/api/admin/regions/{key:str}/logo",
    opt=access("admin"),
    request_max_body_size=MOST_BYTES + 64 * 1024,
    summary="Set a logo",
)
async def put_logo(
    key: RegionKey,
    data: MultipartBody[LogoUpload],
    request: UserRequest,
    mobile: NamedDependency[MobileSettings],
    admins: NamedDependency[Admins],
) -> RegionView:
    """JPEG, PNG or WebP; drawn anew as a square of 512 pixels."""
    who = admin_of(request)
    view = await mobile.put_logo(key, await data.file.read(MOST_BYTES + 1), who.admin.name)
    await admins.did(who, "region_saved", key, after={"logo": True})
    return view


@delete("/api/admin/regions/{key:str}/logo", opt=access("admin"), status_code=HTTP_200_OK, summary="Remove a logo")
async def remove_logo(
    key: RegionKey, request: UserRequest, mobile: NamedDependency[MobileSettings], admins: NamedDependency[Admins]
) -> RegionView:
    """Its file is removed too."""
    who = admin_of(request)
    view = await mobile.remove_logo(key, who.admin.name)
    await admins.did(who, "region_saved", key, after={"logo": False})
    return view


MOBILE_ROUTES = [
    config,
    list_regions,
    region_table,
    read_region,
    put_region,
    remove_region,
    put_logo,
    remove_logo,
]
