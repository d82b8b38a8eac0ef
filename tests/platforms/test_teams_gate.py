"""What must not come in: A21 to A35, each against the gate as it stands behind the endpoint."""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives import serialization

from adapters.teams.client import CheckedNetwork, client
from adapters.teams.envelope import Turned
from adapters.teams.gate import BODY_MOST, Gate
from adapters.teams.hosts import ServiceHosts
from adapters.teams.keys import KeysUnavailable, SigningKeys
from core.errors import SettingsError
from tests.fakes.teams import APP_ID, HELP, TENANT, FakeTeams, private_key
from tests.fakes.teams_activities import asks, installed, writes
from tests.platforms.teams_setup import Ticks, tenant

FOREIGN = "99999999-0000-4000-8000-000000000000"


@dataclass
class Ingress:
    """A gate whose clocks stand still."""

    teams: FakeTeams
    gate: Gate
    ticks: Ticks = field(default_factory=Ticks)

    async def status(self, token: str | None, **fields: Any) -> int:
        """The status an otherwise good activity is answered with."""
        found = {**asks(self.teams, self.teams.people["sam"], "hello"), **fields}
        header = None if token is None else f"Bearer {token}"
        return await self.answer(orjson.dumps(found), header)

    async def answer(self, body: bytes, header: str | None) -> int:
        try:
            await self.gate.admit(body, header)
        except Turned as error:
            return error.status
        except KeysUnavailable:
            return 503
        return 200


@pytest.fixture
async def ingress() -> AsyncIterator[Ingress]:
    teams = FakeTeams()
    await teams.start()
    teams.add("sam")
    ticks, hosts = Ticks(), ServiceHosts.parse(teams.url)
    async with client(hosts.local) as http:
        keys = SigningKeys(http, f"{teams.url}/openid", hosts, ticks)
        yield Ingress(teams, Gate(APP_ID, TENANT, hosts, keys), ticks)
        await keys.close()
    await teams.stop()


async def test_a_good_token_is_admitted_and_its_verification_remembered(ingress: Ingress) -> None:
    """One fetch of the keys, however many activities come."""
    token = ingress.teams.sign()

    assert [await ingress.status(token) for _ in range(3)] == [200, 200, 200]

    assert ingress.teams.calls == ["GET /openid", "GET /keys"]


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic abc",
        "Bearer a.b.c",
        "Bearer é.b.c",
        "Bearer " + "x" * 9_000,
    ],
)
async def test_a21_no_or_malformed_bearer(ingress: Ingress, header: str | None) -> None:
    """401 before the body is looked at."""
    assert await ingress.answer(b"not json at all", header) == 401
    assert ingress.teams.calls == []


async def test_a22_alg_none_and_hs256_with_the_public_key(ingress: Ingress) -> None:
    """Neither makes us fetch anything."""
    claims = jwt.decode(ingress.teams.sign(), options={"verify_signature": False})
    public = (
        private_key(0)
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    none = jwt.encode(claims, "", "none", headers={"kid": "key0"})
    head, payload, _ = jwt.encode(claims, "x" * 32, "HS256", headers={"kid": "key0"}).split(".")
    mac = hmac.new(public, f"{head}.{payload}".encode(), "sha256").digest()
    symmetric = f"{head}.{payload}.{jwt.utils.base64url_encode(mac).decode()}"

    assert await ingress.status(none) == 401
    assert await ingress.status(symmetric) == 401
    assert ingress.teams.calls == []


@pytest.mark.parametrize("issuer", ["https://evil.example", "", None])
async def test_a23_wrong_issuer(ingress: Ingress, issuer: object) -> None:
    assert await ingress.status(ingress.teams.sign(iss=issuer)) == 401


def unchecked(teams: FakeTeams, **claims: Any) -> str:
    """A token whose claims have types that no library would sign."""
    good = jwt.decode(teams.sign(), options={"verify_signature": False})
    body = json.dumps({**good, **claims}).encode()
    return jwt.api_jws.encode(body, private_key(0), "RS256", headers={"kid": "key0"})


async def test_a23_issuer_as_a_list(ingress: Ingress) -> None:
    token = unchecked(ingress.teams, iss=["https://api.botframework.com"])

    assert await ingress.status(token) == 401


@pytest.mark.parametrize("audience", ["other", [APP_ID], [APP_ID, "other"], None, ""])
async def test_a24_wrong_audience_or_a_list_with_ours(ingress: Ingress, audience: object) -> None:
    assert await ingress.status(ingress.teams.sign(aud=audience)) == 401


async def test_a25_expired_without_expiry_or_not_yet_valid(ingress: Ingress) -> None:
    """Five minutes of leeway, and not a second more."""
    now, sign = time.time(), ingress.teams.sign

    assert await ingress.status(sign(exp=now - 301)) == 401
    assert await ingress.status(sign(exp=None)) == 401
    assert await ingress.status(sign(nbf=now + 302)) == 401
    assert await ingress.status(unchecked(ingress.teams, exp="soon")) == 401
    assert await ingress.status(unchecked(ingress.teams, exp=True)) == 401
    assert await ingress.status(sign(exp=now - 200)) == 200


async def test_a25_a_remembered_token_still_expires(ingress: Ingress) -> None:
    """The verification is remembered, its end as well."""
    moment = [time.time()]
    ingress.gate._clock = lambda: moment[0]
    token = ingress.teams.sign(exp=moment[0] + 10)
    assert await ingress.status(token) == 200

    moment[0] += 311

    assert await ingress.status(token) == 401


async def test_a26_ten_thousand_unknown_keys_cost_one_fetch(ingress: Ingress) -> None:
    """All at once or one after another; the loop is never held up by it."""
    assert await ingress.status(ingress.teams.sign()) == 200
    ingress.ticks.now += 301
    before = len(ingress.teams.calls)
    forged = ingress.teams.sign(key=2)
    _, payload, signature = forged.split(".")
    header = {"alg": "RS256", "typ": "JWT"}
    body = orjson.dumps(asks(ingress.teams, ingress.teams.people["sam"], "hello"))

    async def one(number: int) -> int:
        named = json.dumps({**header, "kid": f"unknown{number}"}).encode()
        token = f"{jwt.utils.base64url_encode(named).decode()}.{payload}.{signature}"
        return await ingress.answer(body, f"Bearer {token}")

    first = await asyncio.gather(*(one(number) for number in range(200)))
    rest = [await one(number) for number in range(200, 10_000)]

    assert {*first, *rest} == {401}
    assert ingress.teams.calls[before:] == ["GET /openid", "GET /keys"]


async def test_a27_a_rotated_key_is_accepted_within_five_minutes(ingress: Ingress) -> None:
    """Without a restart; then nothing counts that the old key signed, verified before or not."""
    verified = ingress.teams.sign()
    assert await ingress.status(verified) == 200
    unseen = ingress.teams.sign(exp=time.time() + 60)
    ingress.teams.rotate()

    ingress.ticks.now += 300

    assert await ingress.status(ingress.teams.sign()) == 200
    assert await ingress.status(unseen) == 401
    assert await ingress.status(verified) == 401


@pytest.mark.parametrize("name", ["jku", "x5u", "jwk", "x5c"])
async def test_a28_a_token_that_brings_its_own_key(ingress: Ingress, name: str) -> None:
    """Header URLs are never fetched, with a good signature or not."""
    token = ingress.teams.sign(header={name: f"{ingress.teams.url}/attacker"})

    assert await ingress.status(token) == 401
    assert ingress.teams.calls == []


async def test_a28_a_token_without_a_key_id(ingress: Ingress) -> None:
    claims = jwt.decode(ingress.teams.sign(), options={"verify_signature": False})

    assert await ingress.status(jwt.encode(claims, private_key(0), "RS256")) == 401
    assert ingress.teams.calls == []


@pytest.mark.parametrize(
    "url",
    [
        "http://smba.trafficmanager.net/teams/",
        "https://169.254.169.254/latest/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://smba.trafficmanager.net@evil.example/",
        "https://evil.example#@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net.evil.com/",
        "https://xn--smba-trafficmanager.net/",
        "https://smba.trafficmanager.net\u3002evil.com/",
        "https://store.blob.core.windows.net/",
        "https://smba.trafficmanager.net:8443/",
        "https://smba.trafficmanager.net/../x?y",
        "\thttps://smba.trafficmanager.net/",
        "https:\\\\smba.trafficmanager.net/",
    ],
)
async def test_a29_service_urls_that_are_not_ours(ingress: Ingress, url: str) -> None:
    """Refused with a good token that says the same, before any address is looked up."""
    strict = ServiceHosts.parse("")
    assert strict.allow("https://smba.trafficmanager.net/emea/")
    assert not strict.allow(url)

    assert await ingress.status(ingress.teams.sign(serviceurl=url), serviceUrl=url) == 403
    assert ingress.teams.calls == []


async def test_a29_body_and_token_name_different_service_urls(ingress: Ingress) -> None:
    other = f"{ingress.teams.url}/elsewhere/"

    assert await ingress.status(ingress.teams.sign(serviceurl=other)) == 401
    assert await ingress.status(ingress.teams.sign(serviceurl=None)) == 401


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00::1", "0.0.0.0"],
)
async def test_a30_an_allowed_host_that_resolves_to_a_private_address(address: str) -> None:
    """The connection is refused before a byte leaves."""

    async def rebound(_host: str, _port: int) -> list[str]:
        return [address]

    network = CheckedNetwork(frozenset(), rebound)

    with pytest.raises(Exception, match="not allowed"):
        await network.connect_tcp("smba.trafficmanager.net", 443, timeout=1)


@pytest.mark.parametrize(
    "named",
    [
        {"channelData": {"tenant": {"id": FOREIGN}}, "conversation": {"tenantId": FOREIGN}},
        {"channelData": {"tenant": {"id": "te/x/y"}}, "conversation": {"tenantId": "te/x/y"}},
        {"channelData": {"tenant": {"id": TENANT}}, "conversation": {"tenantId": FOREIGN}},
        {"channelData": {"tenant": {"id": [TENANT]}}, "conversation": {}},
        {"channelData": {}, "conversation": {}},
    ],
)
async def test_a31_another_tenant_a_strange_one_or_two(
    ingress: Ingress, named: dict[str, Any]
) -> None:
    """403, and nothing is fetched."""
    conversation = {"id": f"{HELP};messageid=1", **named["conversation"]}
    fields = {"channelData": named["channelData"], "conversation": conversation}

    assert await ingress.status(ingress.teams.sign(), **fields) == 403
    assert ingress.teams.calls == []


@pytest.mark.parametrize("channel", ["directline", "webchat", "emulator", ""])
async def test_a32_other_channels(ingress: Ingress, channel: str) -> None:
    assert await ingress.status(ingress.teams.sign(), channelId=channel) == 403


async def test_a32_the_emulators_issuer(ingress: Ingress) -> None:
    token = ingress.teams.sign(iss="https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/")

    assert await ingress.status(token) == 403


async def test_a32_a_key_that_is_not_endorsed_for_teams(ingress: Ingress) -> None:
    ingress.teams.endorsements = ["webchat"]

    assert await ingress.status(ingress.teams.sign()) == 403


async def test_a33_one_token_for_the_body_of_another_conversation(tmp_path: Path) -> None:
    """Accepted where service URL and tenant agree; each message is taken once all the same."""
    async with tenant(tmp_path) as home:
        token = home.teams.sign()
        sent = [asks(home.teams, home.teams.people[each], "hello") for each in ("sam", "maya")]

        for each in (*sent, *sent):
            assert await home.post(each, token) == (200, None)
        await home.settled()

        assert [len(home.in_(each["conversation"]["id"])) for each in sent] == [1, 1]


async def test_a35_added_to_a_foreign_tenant(tmp_path: Path) -> None:
    """No greeting, no stored reference."""
    async with tenant(tmp_path) as home:
        before = len(home.teams.log)
        sent = installed(home.teams, home.teams.people["sam"], "19:abroad@thread.tacv2")
        sent["channelData"]["tenant"]["id"] = sent["conversation"]["tenantId"] = FOREIGN

        assert (await home.post(sent))[0] == 403

        assert len(home.teams.log) == before
        rows = await home.running.product.database.read(
            lambda tx: tx.all("SELECT * FROM teams_conversation WHERE tenant = :t", t=FOREIGN)
        )
        assert rows == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"nul",
        b"{}",
        b"[" * 200_000,
        b'{"type": NaN}',
        b'"text"',
        b"\xff\xfe",
        b'{"type": 1}',
    ],
)
async def test_bodies_of_no_shape_are_refused(ingress: Ingress, body: bytes) -> None:
    """Even with a good token, before anything is fetched."""
    assert await ingress.answer(body, f"Bearer {ingress.teams.sign()}") == 400
    assert ingress.teams.calls == []


async def test_a_body_above_the_limit_is_not_read(tmp_path: Path) -> None:
    """Declared, or found out while reading; compressed bodies are not taken at all."""
    async with tenant(tmp_path) as home:
        assert (await home.post(b"x" * (BODY_MOST + 1)))[0] == 413
        zipped = {"Content-Encoding": "gzip"}
        sent = orjson.dumps(writes(home.teams, home.teams.people["sam"], "hello"))
        assert (await home.post(sent, headers=zipped))[0] == 415
        assert (await home.post(sent, token=None))[0] == 401
        assert (await home.post(sent, path="/api/messages"))[0] == 200


async def test_f48_keys_outlive_their_address_by_a_day(ingress: Ingress) -> None:
    """Cached keys are used for 24 hours; then Teams is asked to send again later."""
    token = ingress.teams.sign(exp=time.time() + 3600)
    assert await ingress.status(token) == 200
    ingress.teams.down |= {"openid"}
    fresh = ingress.teams.sign

    ingress.ticks.now += 23 * 3600
    assert await ingress.status(fresh(exp=time.time() + 61)) == 200
    await asyncio.sleep(0.05)
    ingress.ticks.now += 2 * 3600
    assert await ingress.status(fresh(exp=time.time() + 62)) == 503
    ingress.teams.down.clear()
    ingress.ticks.now += 11
    assert await ingress.status(fresh(exp=time.time() + 63)) == 200


@pytest.mark.parametrize("hosts", ["evil.example/path", "ftp://x", "a b:c:d", "https://user@host"])
def test_service_hosts_that_are_no_hosts_are_named(hosts: str) -> None:
    with pytest.raises(SettingsError, match="TEAMS_SERVICE_HOSTS"):
        ServiceHosts.parse(hosts)


def test_plain_http_is_for_the_named_host_alone() -> None:
    """There is no switch; a test's loopback host is named like any other."""
    hosts = ServiceHosts.parse("http://127.0.0.1:8080 smba.trafficmanager.net")

    assert hosts.allow("http://127.0.0.1:8080/teams/")
    assert not hosts.allow("http://127.0.0.1:8081/teams/")
    assert not hosts.allow("http://smba.trafficmanager.net/")
    assert hosts.local == {"127.0.0.1"}
