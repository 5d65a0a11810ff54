"""Coming in: register, sign in and out, confirm an address, a forgotten password; and asking to be deleted."""

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT

from videocall.accounts.by_mail import ByMail
from videocall.accounts.deletion import Deletions
from videocall.accounts.model import (
    DeletionView,
    DeletionWish,
    EmailBody,
    EmailChanged,
    PasswordReset,
    PasswordResetDone,
    Registration,
    SignedIn,
    SignIn,
    TokenBody,
)
from videocall.accounts.service import Accounts
from videocall.web.access import UserRequest, access, address_of, agent_of, caller_of
from videocall.web.languages import language_of


@post("/api/auth/register", opt=access("anyone"), summary="Make an account")
async def register(data: JSONBody[Registration], request: UserRequest, accounts: NamedDependency[Accounts]) -> SignedIn:
    """Make an account and sign in. A letter asks to confirm the address; most things work before that."""
    return await accounts.register(data, address_of(request), agent_of(request), language_of(request))


@post("/api/auth/login", opt=access("anyone"), status_code=HTTP_200_OK, summary="Sign in")
async def sign_in(data: JSONBody[SignIn], request: UserRequest, accounts: NamedDependency[Accounts]) -> SignedIn:
    """With a second factor, the first try is answered by `code-required`: send `code` too, then."""
    return await accounts.sign_in(data, address_of(request), agent_of(request))


@post("/api/auth/logout", opt=access("user"), status_code=HTTP_204_NO_CONTENT, summary="Sign out")
async def sign_out(request: UserRequest, accounts: NamedDependency[Accounts]) -> None:
    """End this session: its token is worth nothing from now on."""
    await accounts.sign_out(caller_of(request))


@post("/api/auth/logout-everywhere", opt=access("user"), status_code=HTTP_204_NO_CONTENT, summary="Sign out everywhere")
async def sign_out_everywhere(request: UserRequest, accounts: NamedDependency[Accounts]) -> None:
    """End every session of the account, this one too."""
    await accounts.sign_out_everywhere(caller_of(request))


@post("/api/auth/verify-email", opt=access("anyone"), status_code=HTTP_200_OK, summary="Confirm an address")
async def verify_email(data: JSONBody[TokenBody], by_mail: NamedDependency[ByMail]) -> EmailChanged:
    """Open a mailed link: it confirms the address of an account, or agrees to its move to another one."""
    return await by_mail.confirm(data.token)


@post("/api/auth/forgot-password", opt=access("anyone"), status_code=HTTP_202_ACCEPTED, summary="Forgot the password")
async def forgot_password(data: JSONBody[EmailBody], request: UserRequest, by_mail: NamedDependency[ByMail]) -> None:
    """Mail a link that lasts an hour. The answer is the same whether or not there is such an account."""
    await by_mail.forgot(data.email, address_of(request))


@post("/api/auth/reset-password", opt=access("anyone"), status_code=HTTP_200_OK, summary="Choose a new password")
async def reset_password(
    data: JSONBody[PasswordReset], request: UserRequest, by_mail: NamedDependency[ByMail]
) -> PasswordResetDone:
    """By mailed link. Every device is signed out; this one is signed in, unless a second factor is asked for."""
    return PasswordResetDone(signed_in=await by_mail.reset(data, agent_of(request)))


@post("/api/account-deletions", opt=access("anyone"), status_code=HTTP_202_ACCEPTED, summary="Ask to be deleted")
async def ask_deletion(
    data: JSONBody[DeletionWish], request: UserRequest, deletions: NamedDependency[Deletions]
) -> None:
    """Mails a link to confirm it. The answer is the same whether or not there is such an account."""
    await deletions.ask(data, address_of(request))


@post("/api/account-deletions/verify", opt=access("anyone"), status_code=HTTP_200_OK, summary="Confirm a deletion")
async def verify_deletion(data: JSONBody[TokenBody], deletions: NamedDependency[Deletions]) -> DeletionView:
    """Open the mailed link: from now on the request waits for an administrator."""
    return await deletions.verify(data.token)


@post("/api/account-deletions/keep", opt=access("anyone"), status_code=HTTP_200_OK, summary="Keep the account")
async def keep_account(data: JSONBody[TokenBody], deletions: NamedDependency[Deletions]) -> DeletionView:
    """Change one's mind by the link in the letter that told the day."""
    return await deletions.keep(data.token)


AUTH_ROUTES = [
    register,
    sign_in,
    sign_out,
    sign_out_everywhere,
    verify_email,
    forgot_password,
    reset_password,
    ask_deletion,
    verify_deletion,
    keep_account,
]
