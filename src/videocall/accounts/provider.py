"""The provider of single sign-on, as OpenID Connect Core 1.0 describes it: discovery, code for token, ID token.

Authlib speaks OAuth and judges the claims; here stands what is ours to decide.
"""

from datetime import timedelta
from typing import Any

import httpx2
import msgspec
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
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
_UNUSABLE = (
    AuthlibBaseError,
    JoseError,
    httpx2.HTTPError,
    httpx2.InvalidURL,
    msgspec.MsgspecError,
    KeyError,
    TypeError,
    ValueError,
)
"""Every way in which a provider's answer can be none."""


class Claims(Struct):
    """What the provider says about somebody."""

    iss: str
    sub: str
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

    async def address(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where to send the browser; only a digest of `verifier` goes along (PKCE, RFC 7636, S256)."""
        discovery, _ = await self._discover()
        async with self._client() as client:
            address, _ = client.create_authorization_url(
                discovery.authorization_endpoint, state=state, nonce=nonce, code_verifier=verifier
            )
        return str(address)

    async def claims(self, code: str, verifier: str, nonce: str) -> Claims:
        """What the ID token says that the provider gives for a code, with everything in it checked."""
        discovery, keys = await self._discover()
        try:
            async with self._client() as client:
                answer = await client.fetch_token(discovery.token_endpoint, code=code, code_verifier=verifier)
            token = jwt.decode(answer["id_token"], keys, algorithms=_ALGORITHMS)
            wanted = {
                "iss": {"essential": True, "value": discovery.issuer},
                "aud": {"essential": True, "value": self._client_id},
            }
            asked = {"client_id": self._client_id, "nonce": nonce, "access_token": answer.get("access_token")}
            said = CodeIDToken(token.claims, token.header, wanted, asked)
            said.validate(now=int(self._clock.now().timestamp()), leeway=_LEEWAY)
            claims = msgspec.convert(dict(said), Claims)
        except _UNUSABLE as error:
            self._known = None  # it may have new keys
            raise SingleSignOnFailed from error
        if not 0 < len(claims.sub) <= 255:  # noqa: PLR2004 -- OpenID Connect Core, section 2
            raise SingleSignOnFailed
        if not claims.email and discovery.userinfo_endpoint:
            return await self._more(claims, discovery.userinfo_endpoint, str(answer.get("access_token", "")))
        return claims

    async def _more(self, claims: Claims, address: str, access_token: str) -> Claims:
        """Address and names, where the ID token does not have them (OpenID Connect Core, section 5.4)."""
        told = await self._ask(address, headers={"authorization": f"Bearer {access_token}"})
        if told.get("sub") != claims.sub:
            raise SingleSignOnFailed
        try:
            return msgspec.convert({**told, "iss": claims.iss}, Claims)
        except msgspec.ValidationError as error:
            raise SingleSignOnFailed from error

    def _client(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self._client_id,
            self._client_secret,
            scope="openid email profile",
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            timeout=_TIMEOUT,
        )

    async def _discover(self) -> tuple[Discovery, KeySet]:
        now = self._clock.now()
        if self._known is not None and now < self._known_until:
            return self._known
        found = await self._ask(f"{self._issuer}/.well-known/openid-configuration")
        try:
            discovery = msgspec.convert(found, Discovery)
            if discovery.issuer.rstrip("/") != self._issuer:
                raise SingleSignOnFailed
            keys: Any = await self._ask(discovery.jwks_uri)
            self._known = discovery, KeySet.import_key_set(keys)
        except _UNUSABLE as error:
            raise SingleSignOnFailed from error
        self._known_until = now + _KEEP
        return self._known

    async def _ask(self, address: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
        try:
            async with httpx2.AsyncClient(timeout=_TIMEOUT) as http:
                answer = await http.get(address, headers={"accept": "application/json", **(headers or {})})
            answer.raise_for_status()
            if len(answer.content) > _MOST_BYTES:
                raise SingleSignOnFailed
            return msgspec.json.decode(answer.content, type=dict[str, Any])
        except _UNUSABLE as error:
            raise SingleSignOnFailed from error
