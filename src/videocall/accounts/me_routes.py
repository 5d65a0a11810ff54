"""My account: profile, password, address, second factor, sessions, picture, data (contract: /api/me)."""

from dataclasses import dataclass
from typing import Annotated

from litestar import Response, delete, get, patch, post, put
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, MultipartBody, PathParameter
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT

from videocall.accounts.by_mail import ByMail
from videocall.accounts.deletion import Deletions
from videocall.accounts.export import Exports
from videocall.accounts.letters import Letters
from videocall.accounts.model import (
    CodeBody,
    DeletionView,
    EmailChange,
    EmailChanged,
    Me,
    PasswordBody,
    PasswordChange,
    ProfileChange,
    RecoveryCodes,
    SecondFactorSetup,
    SessionView,
    SignedIn,
)
from videocall.accounts.picture import MOST_BYTES
from videocall.accounts.pictures import Pictures
from videocall.accounts.second_factor import SecondFactor
from videocall.accounts.service import Accounts
from videocall.web.access import UserRequest, access, address_of, agent_of, caller_of


@dataclass
class PictureUpload:
    """A form with the picture in the field `file`."""

    file: UploadFile


@get("/api/me", opt=access("user"), summary="My account")
async def get_me(request: UserRequest, accounts: NamedDependency[Accounts]) -> Me:
    """Whoever is signed in."""
    return accounts.view(caller_of(request).user)


@patch("/api/me", opt=access("user"), summary="Change my profile")
async def patch_me(data: JSONBody[ProfileChange], request: UserRequest, accounts: NamedDependency[Accounts]) -> Me:
    """What is left out stays as it is."""
    return await accounts.change_profile(caller_of(request).user, data)


@put("/api/me/password", opt=access("user"), summary="Change my password")
async def put_password(
    data: JSONBody[PasswordChange], request: UserRequest, accounts: NamedDependency[Accounts]
) -> SignedIn:
    """Every device is signed out; this one gets a new token."""
    return await accounts.change_password(caller_of(request), data, address_of(request), agent_of(request))


@post("/api/me/email", opt=access("user"), status_code=HTTP_202_ACCEPTED, summary="Move to another address")
async def change_email(
    data: JSONBody[EmailChange], request: UserRequest, by_mail: NamedDependency[ByMail]
) -> EmailChanged:
    """Mails both addresses; the account moves when both agree."""
    return await by_mail.change(caller_of(request).user, data, address_of(request))


@post("/api/me/verification", opt=access("user"), status_code=HTTP_202_ACCEPTED, summary="Mail the link again")
async def verification(request: UserRequest, by_mail: NamedDependency[ByMail]) -> None:
    """The link that confirms my address, once more."""
    await by_mail.ask_again(caller_of(request).user, address_of(request))


@post("/api/me/second-factor", opt=access("user"), status_code=HTTP_200_OK, summary="Begin a second factor")
async def begin_second_factor(
    data: JSONBody[PasswordBody],
    request: UserRequest,
    accounts: NamedDependency[Accounts],
    second_factor: NamedDependency[SecondFactor],
) -> SecondFactorSetup:
    """A secret for an app that makes codes (TOTP); nothing changes until it is confirmed."""
    user = caller_of(request).user
    await accounts.check_password(user, data.password, address_of(request))
    return await second_factor.begin(user)


@post("/api/me/second-factor/confirm", opt=access("user"), status_code=HTTP_200_OK, summary="Switch it on")
async def confirm_second_factor(
    data: JSONBody[CodeBody],
    request: UserRequest,
    second_factor: NamedDependency[SecondFactor],
    letters: NamedDependency[Letters],
) -> RecoveryCodes:
    """With a code from the app. The recovery codes are shown this once."""
    user = caller_of(request).user
    codes = await second_factor.confirm(user, data.code)
    await letters.second_factor(user, on=True)
    return codes


@post("/api/me/second-factor/disable", opt=access("user"), status_code=HTTP_204_NO_CONTENT, summary="Switch it off")
async def disable_second_factor(
    data: JSONBody[PasswordBody],
    request: UserRequest,
    accounts: NamedDependency[Accounts],
    second_factor: NamedDependency[SecondFactor],
    letters: NamedDependency[Letters],
) -> None:
    """With the password. Its recovery codes are worth nothing from now on."""
    user = caller_of(request).user
    await accounts.check_password(user, data.password, address_of(request))
    await second_factor.switch_off(user)
    if user.totp_sealed:
        await letters.second_factor(user, on=False)


@get("/api/me/sessions", opt=access("user"), summary="My signed-in devices")
async def get_sessions(request: UserRequest, accounts: NamedDependency[Accounts]) -> list[SessionView]:
    """The latest first."""
    return await accounts.sessions(caller_of(request))


@delete("/api/me/sessions/{session_id:str}", opt=access("user"), summary="Sign one device out")
async def delete_session(
    session_id: Annotated[str, PathParameter(description="From the list of sessions.")],
    request: UserRequest,
    accounts: NamedDependency[Accounts],
) -> None:
    """Its token is worth nothing from now on."""
    await accounts.end_session(caller_of(request), session_id)


@put("/api/me/picture", opt=access("user"), request_max_body_size=MOST_BYTES + 64 * 1024, summary="Set my picture")
async def put_picture(
    data: MultipartBody[PictureUpload], request: UserRequest, pictures: NamedDependency[Pictures]
) -> Me:
    """JPEG, PNG or WebP. It is drawn anew as a square of 512 pixels; anybody who knows its address can see it."""
    return await pictures.put(caller_of(request).user, await data.file.read(MOST_BYTES + 1))


@delete("/api/me/picture", opt=access("user"), status_code=HTTP_200_OK, summary="Remove my picture")
async def delete_picture(request: UserRequest, pictures: NamedDependency[Pictures]) -> Me:
    """Its file is removed too."""
    return await pictures.remove(caller_of(request).user)


@get("/api/me/export", opt=access("user"), media_type="application/zip", summary="My data")
async def export_me(request: UserRequest, exports: NamedDependency[Exports]) -> Response[bytes]:
    """Everything that is kept of the account: JSON with its schema, the picture, the meetings as a table."""
    return Response(
        await exports.pack(caller_of(request)),
        media_type="application/zip",
        headers={"content-disposition": 'attachment; filename="videocall-my-data.zip"'},
    )


@get("/api/me/deletion", opt=access("user"), summary="My wish to be deleted")
async def get_deletion(request: UserRequest, deletions: NamedDependency[Deletions]) -> DeletionView:
    """Where it stands."""
    return await deletions.of(caller_of(request).user)


@delete("/api/me/deletion", opt=access("user"), status_code=HTTP_200_OK, summary="Keep my account")
async def take_deletion_back(request: UserRequest, deletions: NamedDependency[Deletions]) -> DeletionView:
    """Change one's mind."""
    return await deletions.take_back(caller_of(request).user)


@get("/uploads/{name:str}", opt=access("anyone"), include_in_schema=False)
async def picture(name: FromPath[str], pictures: NamedDependency[Pictures]) -> Response[bytes]:
    """A profile picture, public by its address (policy section 3.4). A new picture has a new address."""
    return Response(
        await pictures.read(name),
        media_type="image/webp",
        headers={
            "cache-control": "public, max-age=86400, immutable",
            "content-security-policy": "default-src 'none'; sandbox",
        },
    )


ME_ROUTES = [
    get_me,
    patch_me,
    put_password,
    change_email,
    verification,
    begin_second_factor,
    confirm_second_factor,
    disable_second_factor,
    get_sessions,
    delete_session,
    put_picture,
    delete_picture,
    export_me,
    get_deletion,
    take_deletion_back,
    picture,
]
