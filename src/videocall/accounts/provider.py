"""The provider of single sign-on, as OpenID Connect Core 1.0 describes it: discovery, code for token, ID token."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from msgspec import Struct

from videocall.clock import Clock
from videocall.problems import SingleSignOnFailed

_ALGORITHMS = ["RS256", "ES256", "PS256", "RS384", "ES384", "RS512", "EdDSA"]
"""Signatures by a key pair: a shared secret, or none at all, would let others speak for the provider."""
_TIMEOUT = 10.0
_KEEP = timedelta(hours=1)
_LEEWAY = 120
_MOST_BYTES = 1024 * 1024


_OF_TOKEN = ("iss", "sub", "aud", "exp", "nonce", "azp")


class Claims(Struct):
    """What the provider says about somebody."""

    iss: str
    sub: str
    aud: str | list[str]
    exp: float
    nonce: str = ""
    azp: str = ""
    email: str = ""
    email_verified: bool | str = False
    given_name: str = ""
    family_name: str = ""
    name: str = ""


class Discovery(Struct):
    """The part of the provider's description that is used (OpenID Connect Discovery 1.0, section 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""


class Provider:
    """Speaks with one provider. Whatever goes wrong there is `SingleSignOnFailed`."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, redirect_uri: str, clock: Clock) -> None:
        self._issuer = issuer.rstrip("/")
        self._client_id = client_id
        self._client_secret = client_secret
        self._redirect_uri = redirect_uri
        self._clock = clock
        self._known: tuple[Discovery, KeySet] | None = None
        self._known_until = clock.now()

    async def address(self, *, state: str, nonce: str, challenge: str) -> str:
        """Where to send the browser; `challenge` is that of PKCE (RFC 7636, S256)."""
        discovery, _ = await self._discover()
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "scope": "openid email profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        separator = "&" if "?" in discovery.authorization_endpoint else "?"
        return f"{discovery.authorization_endpoint}{separator}{urlencode(query)}"

    async def claims(self, code: str, verifier: str, nonce: str) -> Claims:
        """What the ID token says that the provider gives for a code, with everything in it checked."""
        discovery, keys = await self._discover()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": verifier,
        }
        answer = await self._ask("POST", discovery.token_endpoint, data=form, auth=self._credentials())
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise SingleSignOnFailed
        try:
            claims = msgspec.convert(jwt.decode(token, keys, algorithms=_ALGORITHMS).claims, Claims)
        except (JoseError, ValueError, msgspec.ValidationError) as error:
            self._known = None  # it may have new keys
            raise SingleSignOnFailed from error
        audience = [claims.aud] if isinstance(claims.aud, str) else claims.aud
        right = (
            claims.iss == discovery.issuer
            and self._client_id in audience
            and (len(audience) == 1 or claims.azp == self._client_id)
            and claims.exp + _LEEWAY > self._clock.now().timestamp()
            and claims.nonce == nonce
            and 0 < len(claims.sub) <= 255  # noqa: PLR2004 -- OpenID Connect Core, section 2
        )
        if not right:
            raise SingleSignOnFailed
        if not claims.email and discovery.userinfo_endpoint:
            return await self._more(claims, discovery.userinfo_endpoint, str(answer.get("access_token", "")))
        return claims

    async def _more(self, claims: Claims, address: str, access_token: str) -> Claims:
        """Address and names, where the ID token does not have them (OpenID Connect Core, section 5.4)."""
        told = await self._ask("GET", address, headers={"authorization": f"Bearer {access_token}"})
        if told.get("sub") != claims.sub:
            raise SingleSignOnFailed
        try:
            return msgspec.convert({**told, **{name: getattr(claims, name) for name in _OF_TOKEN}}, Claims)
        except msgspec.ValidationError as error:
            raise SingleSignOnFailed from error

    def _credentials(self) -> httpx.BasicAuth:
        return httpx.BasicAuth(self._client_id, self._client_secret)

    async def _discover(self) -> tuple[Discovery, KeySet]:
        now = self._clock.now()
        if self._known is not None and now < self._known_until:
            return self._known
        found = await self._ask("GET", f"{self._issuer}/.well-known/openid-configuration")
        try:
            discovery = msgspec.convert(found, Discovery)
            if discovery.issuer.rstrip("/") != self._issuer:
                raise SingleSignOnFailed
            keys: Any = await self._ask("GET", discovery.jwks_uri)
            self._known = discovery, KeySet.import_key_set(keys)
        except (JoseError, ValueError, KeyError, msgspec.ValidationError) as error:
            raise SingleSignOnFailed from error
        self._known_until = now + _KEEP
        return self._known

    async def _ask(self, method: str, address: str, **options: Any) -> dict[str, Any]:
        try:
            async with httpx.AsyncClient(timeout=_TIMEOUT, headers={"accept": "application/json"}) as http:
                answer = await http.request(method, address, **options)
            answer.raise_for_status()
            if len(answer.content) > _MOST_BYTES:
                raise SingleSignOnFailed
            return msgspec.json.decode(answer.content, type=dict[str, Any])
        except (httpx.HTTPError, httpx.InvalidURL, msgspec.DecodeError) as error:
            raise SingleSignOnFailed from error
