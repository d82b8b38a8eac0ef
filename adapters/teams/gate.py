"""Nothing reaches an SDK before it passed here: size, shape, place, then the signature.

The token is verified as Bot Framework's documents ask for, and stricter where they
leave room. It does not sign the body; service URL and tenant must therefore agree
between the two, and the connection must be TLS.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
import orjson

from adapters.teams.envelope import Turned, object_at, shape, tenant_of
from adapters.teams.hosts import ServiceHosts
from adapters.teams.keys import SigningKey, SigningKeys

BODY_MOST = 256 * 1024  # bytes; Teams' own messages stay below 100 kB
TOKEN_MOST = 8_192  # characters
ISSUER = "https://api.botframework.com"
EMULATOR = ("https://sts.windows.net/", "https://login.microsoftonline.com/")
CHANNEL = "msteams"
LEEWAY_SECONDS = 300.0
ELSEWHERE = frozenset({"jku", "jwk", "x5u", "x5c", "crit"})  # headers that bring a key along
VERIFIED_MOST = 512  # tokens whose verification is remembered


@dataclass(frozen=True, slots=True)
class Verified:
    """What a good token says, and until when (with leeway) it says so."""

    service_url: str
    from_time: float
    until: float


class Gate:
    """Admits activities of one tenant for one app."""

    def __init__(
        self,
        app_id: str,
        tenant: str,
        hosts: ServiceHosts,
        keys: SigningKeys,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._app_id = app_id
        self._tenant = tenant.lower()
        self._hosts = hosts
        self._keys = keys
        self._clock = clock
        self._verified: OrderedDict[bytes, Verified] = OrderedDict()

    async def admit(self, body: bytes, authorization: str | None) -> dict[str, Any]:
        """The activity of a request.

        Raises:
            Turned: It is not for us; ``status`` is the answer.
            KeysUnavailable: It cannot be verified now.
        """
        if len(body) > BODY_MOST:
            raise Turned(413, "too large")
        token = _bearer(authorization)
        key_id = _header(token)
        activity = _activity(body)
        self._check_place(activity)
        verified = await self._verify(token, key_id)
        if not verified.from_time <= self._clock() < verified.until:
            raise Turned(401, "not valid now")
        if verified.service_url.rstrip("/") != activity["serviceUrl"].rstrip("/"):
            raise Turned(401, "another service URL")
        return activity

    def _check_place(self, activity: Mapping[str, Any]) -> None:
        """Refuse other channels, tenants and addresses before anything is fetched or verified."""
        if activity["channelId"] != CHANNEL:
            raise Turned(403, "another channel")
        if not self._hosts.allow(activity["serviceUrl"]):
            raise Turned(403, "service URL not allowed")
        if tenant_of(activity) != self._tenant:
            raise Turned(403, "tenant not allowed")

    async def _verify(self, token: str, key_id: str) -> Verified:
        key = await self._keys.get(key_id)
        if key is None:  # or not any more: then what it signed does not count either
            raise Turned(401, "unknown key")
        digest = hashlib.sha256(token.encode()).digest()
        known = self._verified.get(digest)
        if known is not None:
            self._verified.move_to_end(digest)
            return known
        verified = self._claims(token, key)
        self._verified[digest] = verified
        if len(self._verified) > VERIFIED_MOST:
            self._verified.popitem(last=False)
        return verified

    def _claims(self, token: str, key: SigningKey) -> Verified:
        if CHANNEL not in key.endorsements:
            raise Turned(403, "key not endorsed for Teams")
        try:
            claims = jwt.decode(
                token,
                key.key,
                algorithms=["RS256"],
                audience=self._app_id,
                issuer=ISSUER,
                options={
                    "require": ["exp", "iss", "aud"],
                    "strict_aud": True,
                    "verify_exp": False,  # below, by our own clock
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except (jwt.PyJWTError, TypeError, ValueError) as error:
            raise Turned(401, f"token not valid ({type(error).__name__})") from None
        url = claims.get("serviceurl")
        if not isinstance(url, str):
            raise Turned(401, "no service URL in the token")
        starts = _seconds(claims.get("nbf", 0)) - LEEWAY_SECONDS
        return Verified(url, starts, _seconds(claims["exp"]) + LEEWAY_SECONDS)


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.isascii() or not 0 < len(token) <= TOKEN_MOST:
        raise Turned(401, "no bearer token")
    return token


def _header(token: str) -> str:
    """The key id of a token whose header is as it must be; nothing in it is trusted."""
    try:
        header = jwt.get_unverified_header(token)
        claims = jwt.decode(token, options={"verify_signature": False})
    except (jwt.PyJWTError, TypeError, ValueError, RecursionError):
        raise Turned(401, "malformed token") from None
    key_id = header.get("kid")
    if header.get("alg") != "RS256" or not isinstance(key_id, str) or not key_id:
        raise Turned(401, "algorithm or key id")
    if not ELSEWHERE.isdisjoint(header):
        raise Turned(401, "brings its own key")
    issuer = claims.get("iss")
    if isinstance(issuer, str) and issuer.startswith(EMULATOR):
        raise Turned(403, "the emulator's issuer")
    return key_id


def _activity(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Turned(400, "no JSON") from None
    problem = shape(found)
    if problem:
        raise Turned(400, problem)
    return object_at({"activity": found}, "activity")


def _seconds(moment: object) -> float:
    if isinstance(moment, bool) or not isinstance(moment, int | float) or abs(moment) > 1e12:
        raise Turned(401, "no time")
    return float(moment)
