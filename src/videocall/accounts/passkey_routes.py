"""Passkeys over HTTP: mine in the profile, and signing in by one."""

from typing import Annotated

from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from videocall.accounts.model import PasswordBody, SignedIn
from videocall.accounts.passkey_model import (
    NewPasskey,
    PasskeyNaming,
    PasskeyOptions,
    PasskeySignIn,
    PasskeyView,
    PasskeyWish,
)
from videocall.accounts.passkeys import Passkeys
from videocall.accounts.service import Accounts
from videocall.web.access import UserRequest, access, address_of, agent_of, caller_of

PasskeyId = Annotated[str, PathParameter(description="From the list of passkeys.")]


@get("/api/me/passkeys", opt=access("user"), summary="My passkeys")
async def get_passkeys(request: UserRequest, passkeys: NamedDependency[Passkeys]) -> list[PasskeyView]:
    """The oldest first."""
    return await passkeys.list(caller_of(request).user)


@post("/api/me/passkeys/options", opt=access("user"), status_code=HTTP_200_OK, summary="Begin a passkey")
async def begin_passkey(
    data: JSONBody[PasskeyWish],
    request: UserRequest,
    accounts: NamedDependency[Accounts],
    passkeys: NamedDependency[Passkeys],
) -> PasskeyOptions:
    """With the password: what `navigator.credentials.create` needs."""
    user = caller_of(request).user
    await accounts.check_password(user, data.password, address_of(request))
    return await passkeys.begin(user)


@post("/api/me/passkeys", opt=access("user"), summary="Keep a passkey")
async def add_passkey(
    data: JSONBody[NewPasskey], request: UserRequest, passkeys: NamedDependency[Passkeys]
) -> PasskeyView:
    """What the browser made. From now on it signs in by itself, second factor included."""
    return await passkeys.add(caller_of(request).user, data)


@patch("/api/me/passkeys/{passkey_id:str}", opt=access("user"), status_code=HTTP_204_NO_CONTENT, summary="Rename one")
async def rename_passkey(
    passkey_id: PasskeyId, data: JSONBody[PasskeyNaming], request: UserRequest, passkeys: NamedDependency[Passkeys]
) -> None:
    """So that one knows which device it is on."""
    await passkeys.rename(caller_of(request).user, passkey_id, data.name)


@post(
    "/api/me/passkeys/{passkey_id:str}/remove",
    opt=access("user"),
    status_code=HTTP_204_NO_CONTENT,
    summary="Remove one",
)
async def remove_passkey(
    passkey_id: PasskeyId,
    data: JSONBody[PasswordBody],
    request: UserRequest,
    accounts: NamedDependency[Accounts],
    passkeys: NamedDependency[Passkeys],
) -> None:
    """With the password. It signs nobody in from now on."""
    user = caller_of(request).user
    await accounts.check_password(user, data.password, address_of(request))
    await passkeys.remove(user, passkey_id)


@post("/api/auth/passkey/options", opt=access("anyone"), status_code=HTTP_200_OK, summary="Begin to sign in")
async def begin_sign_in(request: UserRequest, passkeys: NamedDependency[Passkeys]) -> PasskeyOptions:
    """What `navigator.credentials.get` needs; the same for everybody."""
    return await passkeys.begin_sign_in(address_of(request))


@post("/api/auth/passkey", opt=access("anyone"), status_code=HTTP_200_OK, summary="Sign in by passkey")
async def sign_in(data: JSONBody[PasskeySignIn], request: UserRequest, passkeys: NamedDependency[Passkeys]) -> SignedIn:
    """No address, no password, no second factor: the passkey is all of it."""
    return await passkeys.sign_in(data, address_of(request), agent_of(request))


PASSKEY_ROUTES = [
    get_passkeys,
    begin_passkey,
    add_passkey,
    rename_passkey,
    remove_passkey,
    begin_sign_in,
    sign_in,
]
