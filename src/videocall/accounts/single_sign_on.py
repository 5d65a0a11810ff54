"""Single sign-on by OpenID Connect: authorization code, PKCE, state and nonce; accounts linked by issuer and subject.

The browser that comes back must be the one that went: it holds the state in a cookie for as long as that takes. The
session is handed to the page by a token after the #, good once and for that browser only; no address ever holds it.
"""

import secrets
from urllib.parse import quote

import msgspec
from msgspec import Struct

from videocall.accounts import rules
from videocall.accounts.challenges import Challenges
from videocall.accounts.credentials import CredentialRepository
from videocall.accounts.model import SignedIn, User
from videocall.accounts.passkey_model import Identity, OidcFinish
from videocall.accounts.provider import Claims, Provider
from videocall.accounts.repository import AccountRepository
from videocall.accounts.second_factor import SecondFactor
from videocall.accounts.service import Accounts
from videocall.clock import Clock
from videocall.keys import Keys, same
from videocall.problems import AccountDisabled, LinkExpired, NotFound, Problem, SingleSignOnFailed, SingleSignOnRefused
from videocall.rates import Rates
from videocall.settings import Settings

PAGE = "/login/sso"


class _Asked(Struct):
    """What belongs to one trip to the provider."""

    nonce: str
    verifier: str
    next: str


class Departure(Struct):
    """Where the browser goes, and the state that it keeps meanwhile."""

    address: str
    state: str


class SingleSignOn:
    """Sends people to the provider, and signs in who comes back."""

    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        keys: Keys,
        accounts: Accounts,
        second_factor: SecondFactor,
        users: AccountRepository,
        repository: CredentialRepository,
        challenges: Challenges,
        rates: Rates,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._keys = keys
        self._accounts = accounts
        self._second_factor = second_factor
        self._users = users
        self._repository = repository
        self._challenges = challenges
        self._rates = rates
        self._provider = (
            Provider(
                settings.oidc_issuer,
                settings.oidc_client_id,
                settings.oidc_client_secret,
                f"{settings.public_url}/api/auth/oidc/callback",
                clock,
            )
            if settings.oidc_issuer
            else None
        )

    @property
    def name(self) -> str | None:
        """The name for the button; None where single sign-on is not set up."""
        return self._settings.oidc_name if self._provider else None

    async def begin(self, after: str, caller: str) -> Departure:
        """Raises `NotFound` where it is not set up, `SingleSignOnFailed` when the provider does not answer."""
        await self._rates.hit(self._settings.sign_in_address_rate, "single sign-on", caller)
        if self._provider is None:
            raise NotFound
        asked = _Asked(nonce=secrets.token_urlsafe(24), verifier=secrets.token_urlsafe(48), next=after)
        state = await self._challenges.ask("oidc", msgspec.json.encode(asked).decode())
        address = await self._provider.address(state=state, nonce=asked.nonce, verifier=asked.verifier)
        return Departure(address=address, state=state)

    async def come_back(self, code: str, state: str, kept: str, address: str, language: str) -> str:
        """Where the browser goes from the provider's answer: to our page, with a token or a reason after the #.

        An account that is made here begins in `language`.
        """
        try:
            await self._rates.hit(self._settings.sign_in_address_rate, "single sign-on", address)
            if self._provider is None:
                raise NotFound
            if not state or not same(state, kept):
                raise LinkExpired("This browser did not begin this sign-in. Please begin anew.")
            _, content = await self._challenges.take(state, "oidc")
            asked = msgspec.json.decode(content, type=_Asked)
            if not code:
                raise SingleSignOnFailed("The provider did not let you in.")
            user = await self._user(await self._provider.claims(code, asked.verifier, asked.nonce), language)
            if user.disabled_at is not None:
                raise AccountDisabled
            token = await self._challenges.ask("oidc-done", self._binding(state), user.id)
        except Problem as problem:
            return f"{PAGE}#problem={quote(problem.detail)}"
        return f"{PAGE}#token={token}" + (f"&next={quote(asked.next, safe='')}" if asked.next else "")

    async def finish(self, wish: OidcFinish, kept: str, agent: str) -> SignedIn:
        """Give the page its session, once a second factor was shown where there is one.

        Raises `LinkExpired`, `CodeRequired`, `WrongCode`, `AccountDisabled`.
        """
        challenge, binding = await self._challenges.peek(wish.token, "oidc-done")
        if not same(binding, self._binding(kept)):
            raise LinkExpired("This browser did not begin this sign-in. Please begin anew.")
        user = await self._accounts.reload(challenge.about)
        if user.disabled_at is not None:
            raise AccountDisabled
        await self._second_factor.check(user, wish.code)
        await self._challenges.take(wish.token, "oidc-done")
        return await self._accounts.open_session(user, agent)

    def _binding(self, state: str) -> str:
        return self._keys.fingerprint("single sign-on", state)

    async def _user(self, claims: Claims, language: str) -> User:
        identity_id = self._keys.fingerprint("identities", msgspec.json.encode([claims.iss, claims.sub]).decode())
        identity = await self._repository.identity(identity_id)
        user = await self._users.user(identity.user) if identity else None
        if user is not None:
            return user
        email = rules.clean_email(claims.email)
        if rules.email_error(claims.email) is not None or claims.email_verified not in {True, "true"}:
            raise SingleSignOnRefused(
                f"{self.name} has not confirmed an e-mail address of yours. Confirm it there first."
            )
        user = await self._users.by_email(email)
        if user is not None and user.email_verified_at is None:
            # Whoever registered it need not be its owner.
            raise SingleSignOnRefused(
                "There is an account with your address, which was not confirmed yet. "
                "Sign in with its password, confirm the address, and try again."
            )
        user = user or await self._register(claims, email, language)
        await self._repository.add_identity(Identity(id=identity_id, user=user.id, created_at=self._clock.now()))
        return user

    async def _register(self, claims: Claims, email: str, language: str) -> User:
        """An account without a password; a forgotten-password link can give it one."""
        first, _, last = claims.name.partition(" ")
        now = self._clock.now()
        user = User(
            id=secrets.token_urlsafe(12),
            email=email,
            first_name=_name(claims.given_name or first) or _name(email.partition("@")[0]) or "Guest",
            last_name=_name(claims.family_name or last),
            password_hash="",
            language=language,
            created_at=now,
            email_verified_at=now,
        )
        if not await self._users.add(user):
            raise SingleSignOnFailed
        return user


def _name(typed: str) -> str:
    name = rules.clean_name(typed)[:60]
    return name if rules.name_error(name, "name") is None else ""
