"""What reaches us from the internet under Slack's name (A01-A16)."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from structlog.testing import capture_logs

from adapters.slack.gate import Answer, Gate
from tests.fakes.slack import APP, TEAM
from tests.fakes.slack_events import SECRET, command, envelope, said, sign
from tests.platforms.slack_setup import US, endpoint

NOW = 1_700_000_000.0
JSON = {"Content-Type": "application/json"}
BODY = json.dumps(said("the secret words")).encode()


def gate(counted: list[str] | None = None) -> Gate:
    note = counted.append if counted is not None else (lambda _: None)
    return Gate(SECRET, US, note, lambda: NOW)


def status(raw: bytes, headers: dict[str, str]) -> int:
    admitted = gate().admit({**JSON, **headers}, raw)
    return admitted.status if isinstance(admitted, Answer) else 200


def admitted(raw: bytes, kind: str = "application/json") -> Answer | dict[str, Any]:
    return gate().admit({"Content-Type": kind, **sign(raw, at=NOW)}, raw)


def test_what_slack_signed_is_let_in() -> None:
    """The parsed body goes on."""
    body = admitted(BODY)

    assert isinstance(body, dict)
    assert body["event"]["text"] == "the secret words"


def test_a01_without_a_signature_nothing_is_parsed() -> None:
    """Not even broken JSON is told apart."""
    assert status(BODY, {}) == 401
    assert status(b"{not json", {}) == 401
    assert status(BODY, {"X-Slack-Request-Timestamp": str(int(NOW))}) == 401


async def test_a02_a_wrong_secret_is_refused_and_leaves_no_words_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Neither our log nor a library's holds the body."""
    caplog.set_level(logging.DEBUG)

    async def never(_: dict[str, Any]) -> Answer:
        raise AssertionError

    with capture_logs() as logs:
        async with endpoint(never) as listening:
            headers = {**JSON, **sign(BODY, at=time.time(), secret="another")}
            async with listening.sender.session.post(
                listening.sender.url, data=BODY, headers=headers
            ) as answer:
                assert answer.status == 401

    assert listening.counted == ["unsigned"]
    assert "secret words" not in f"{logs}{caplog.text}"


def test_a03_one_changed_byte_is_refused() -> None:
    """The signature is over the very bytes."""
    assert status(BODY.replace(b"secret", b"Secret"), sign(BODY, at=NOW)) == 401


@pytest.mark.parametrize("age", [301, -301], ids=["a04_old", "a05_ahead"])
def test_a04_a05_a_time_out_of_range_is_refused(age: int) -> None:
    """Five minutes either way, not a second more."""
    assert status(BODY, sign(BODY, at=NOW - age)) == 401
    assert status(BODY, sign(BODY, at=NOW - (300 if age > 0 else -300))) == 200


@pytest.mark.parametrize(
    "stamp",
    ["abc", "", "9" * 5_000, "\u0661\u0662\u0663", "1e9", "-1700000000", " 1700000000", "1.5"],
)
def test_a06_an_odd_time_is_refused_like_a_wrong_one(stamp: str) -> None:
    """Never a crash."""
    headers = {**sign(BODY, at=NOW), "X-Slack-Request-Timestamp": stamp}

    assert status(BODY, headers) == 401


@pytest.mark.parametrize(
    "signature", ["v0=", "v0=ü", "", "v0=\udcff", "v1={hex}", "{hex}", "v0={HEX}"]
)
def test_a07_an_odd_signature_is_refused(signature: str) -> None:
    """Only ours, letter for letter."""
    good = sign(BODY, at=NOW)["X-Slack-Signature"].removeprefix("v0=")
    given = signature.replace("{hex}", good).replace("{HEX}", good.upper())

    assert status(BODY, {**sign(BODY, at=NOW), "X-Slack-Signature": given}) == 401


async def test_a11_a_body_too_large_is_refused_before_it_is_read() -> None:
    """By its declared length, or when it has become too long without one."""

    async def never(_: dict[str, Any]) -> Answer:
        raise AssertionError

    async with endpoint(never) as listening:
        reader, writer = await asyncio.open_connection("127.0.0.1", listening.port)
        writer.write(
            b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 1048577\r\n\r\n"
        )
        assert b" 413 " in await reader.readline()
        writer.close()

        reader, writer = await asyncio.open_connection("127.0.0.1", listening.port)
        writer.write(
            b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        for _ in range(20):
            writer.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
        assert b" 413 " in await reader.readline()
        writer.close()

    assert listening.counted == ["too_large", "too_large"]


async def test_a11_an_encoded_body_is_refused() -> None:
    """A small gzip can be a large text; Slack sends none."""

    async def never(_: dict[str, Any]) -> Answer:
        raise AssertionError

    raw = gzip.compress(b" " * 50_000_000)
    async with endpoint(never) as listening:
        headers = {**JSON, **sign(raw, at=time.time()), "Content-Encoding": "gzip"}
        async with listening.sender.session.post(
            listening.sender.url, data=raw, headers=headers
        ) as answer:
            assert answer.status == 415


def test_another_kind_of_content_is_refused() -> None:
    """JSON and forms are what Slack sends."""
    answer = gate().before_reading({"Content-Type": "text/xml"}, 10)

    assert answer is not None
    assert answer.status == 415


async def test_a12_a_slow_sender_is_cut_off_while_others_are_served() -> None:
    """One byte at a time holds nobody up."""

    async def fine(_: dict[str, Any]) -> Answer:
        return Answer(200)

    async with endpoint(fine, read_seconds=0.2) as listening:
        reader, writer = await asyncio.open_connection("127.0.0.1", listening.port)
        writer.write(
            b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 1000\r\n\r\n{"
        )
        await writer.drain()
        assert await listening.sender.event(said("meanwhile")) == 200
        assert b" 408 " in await reader.readline()
        writer.close()


HOSTILE = {
    "deep": b"[" * 200_000,
    "deep_closed": b'{"a":' * 100 + b"1" + b"}" * 100,
    "list": b"[1, 2]",
    "digits": b'{"a": ' + b"9" * 5_000 + b"}",
    "nan": b'{"a": NaN}',
    "infinity": b'{"a": -Infinity}',
    "twice": b'{"type": "event_callback", "type": "url_verification"}',
    "not_utf8": b'{"a": "\xff"}',
    "nothing": b"",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a13_hostile_json_is_refused_signed_or_not(name: str) -> None:
    """401 without a signature, 400 with one; never a crash."""
    raw = HOSTILE[name]

    answer = admitted(raw)

    assert status(raw, {}) == 401
    assert isinstance(answer, Answer)
    assert answer.status == 400


def test_a13_a_form_with_a_field_twice_or_too_many_is_refused() -> None:
    """Two readers of one body shall not read two different things."""
    kind = "application/x-www-form-urlencoded"
    for raw in (b"command=/desk&command=/other", b"&".join(b"f%d=1" % i for i in range(500))):
        answer = admitted(raw, kind)
        assert isinstance(answer, Answer)
        assert answer.status == 400


@pytest.mark.parametrize(
    "more", [{"api_app_id": "A0OTHER"}, {"team_id": "T0OTHER", "authorizations": []}]
)
def test_a14_what_is_for_another_app_or_team_is_ignored_and_counted(more: dict[str, Any]) -> None:
    """Slack gets its 200, nobody gets a turn."""
    counted: list[str] = []
    raw = json.dumps({**envelope({"type": "message"}), **more}).encode()

    answer = gate(counted).admit({**JSON, **sign(raw, at=NOW)}, raw)

    assert answer == Answer(200)
    assert counted == ["not_ours"]


def test_a14_an_event_delivered_for_us_from_a_shared_channel_is_ours() -> None:
    """In Slack Connect the envelope may name the other workspace first."""
    raw = json.dumps(envelope({"type": "message"}, team_id="T0OTHER")).encode()

    assert isinstance(admitted(raw), dict)


def test_a15_a_challenge_is_echoed_only_when_signed_and_short() -> None:
    """Nobody can use us as a mirror."""
    raw = json.dumps({"type": "url_verification", "challenge": "c" * 256}).encode()
    long = json.dumps({"type": "url_verification", "challenge": "c" * 257}).encode()

    echoed, refused = admitted(raw), admitted(long)

    assert status(raw, {}) == 401
    assert isinstance(echoed, Answer)
    assert echoed.object() == {"challenge": "c" * 256}
    assert isinstance(refused, Answer)
    assert refused.status == 400


def test_a16_the_certificate_check_is_answered_with_nothing() -> None:
    """It comes unsigned, and only as a small form."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    assert gate().admit(form, b"token=x&ssl_check=1") == Answer(200)
    assert gate().admit(form, b"ssl_check=1&a=" + b"x" * 5_000) == Answer(401)
    assert gate().admit(JSON, b"ssl_check=1") == Answer(401)


def test_a_command_that_speaks_of_a_payload_is_still_a_command() -> None:
    """Only a field of that name is one."""
    raw = urlencode(command("ask what is a payload=1 limit")).encode()

    body = admitted(raw, "application/x-www-form-urlencoded")

    assert isinstance(body, dict)
    assert body["text"] == "ask what is a payload=1 limit"


def test_an_unknown_kind_of_body_is_ignored() -> None:
    """New things Slack may send one day are no failures."""
    raw = json.dumps({"type": "new", "team_id": TEAM, "api_app_id": APP}).encode()

    assert admitted(raw) == Answer(200)
