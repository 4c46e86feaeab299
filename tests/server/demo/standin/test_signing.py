"""The receiver's own check of signatures, held against the sender's library and against forgers."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from server.demo.standin.signing import BadSignature, secret_in, verify

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def signed(webhook_id: str, body: str, secret: str = SECRET) -> dict[str, str]:
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(AT.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, AT, body),
    }


@given(st.text(max_size=200))
def test_what_the_library_signs_is_accepted(body: str) -> None:
    body = body.encode("utf-8", "replace").decode()
    assert verify(SECRET, signed("msg_1", body), body.encode(), AT.timestamp()) == "msg_1"


def test_one_changed_byte_id_or_second_is_refused() -> None:
    headers = signed("msg_1", "{}")
    later = str(int(AT.timestamp()) + 1)
    changed = [
        ({**headers, "webhook-id": "msg_2"}, b"{}"),
        ({**headers, "webhook-timestamp": later}, b"{}"),
        (headers, b"{ }"),
        (signed("msg_1", "{}", "whsec_" + "A" * 32), b"{}"),
        ({**headers, "webhook-signature": "v1a," + headers["webhook-signature"][3:]}, b"{}"),
    ]
    for other_headers, body in changed:
        with pytest.raises(BadSignature, match="no signature matches"):
            verify(SECRET, other_headers, body, AT.timestamp())


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_request_from_another_time_is_refused(seconds: int) -> None:
    with pytest.raises(BadSignature, match="five minutes"):
        verify(SECRET, signed("msg_1", "{}"), b"{}", AT.timestamp() + seconds)


@pytest.mark.parametrize("stamp", ["", "soon", "-5", "1.5", "٣", "9" * 40])
def test_a_timestamp_that_is_no_number_of_seconds_is_refused(stamp: str) -> None:
    with pytest.raises(BadSignature):
        verify(SECRET, {**signed("msg_1", "{}"), "webhook-timestamp": stamp}, b"{}", 0)


def test_one_right_signature_among_several_is_enough() -> None:
    headers = signed("msg_1", "{}")
    headers["webhook-signature"] = "v1,AAAA v1a,BBBB " + headers["webhook-signature"]
    assert verify(SECRET, headers, b"{}", AT.timestamp()) == "msg_1"


def test_the_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    secret = secret_in(tmp_path)
    assert secret == secret_in(tmp_path)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    assert len(secret) > 40
