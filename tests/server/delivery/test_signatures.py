"""Signatures of call-backs, against ones made by code that shares nothing with ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.delivery.signatures import NotSigned, signed_with, stamp_of
from server.demo.standin.signing import sign
from tests.server.demo.standin.conftest import SECRET

NOW = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
OTHER = "whsec_" + "b3RoZXItc2VjcmV0LW9mLXRoaXJ0eS10d28tYnl0ZXM="


def headers(body: bytes = b"{}", secret: str = SECRET, at: datetime = NOW) -> dict[str, str]:
    return sign(secret, "msg-1", body, at.timestamp())


def test_what_was_signed_with_the_secret_is_known() -> None:
    stamp = stamp_of(headers(), NOW)
    assert signed_with(SECRET, b"{}", stamp)
    assert not signed_with(SECRET, b"{} ", stamp)
    assert not signed_with(OTHER, b"{}", stamp)
    assert not signed_with("", b"{}", stamp)
    assert not signed_with("whsec_???", b"{}", stamp)


def test_one_of_several_signatures_is_enough_while_secrets_change() -> None:
    said = headers(secret=OTHER)
    said["webhook-signature"] += " v2,abc " + headers()["webhook-signature"]
    assert signed_with(SECRET, b"{}", stamp_of(said, NOW))


def test_bytes_that_are_no_text_are_not_signed() -> None:
    assert not signed_with(SECRET, b"\xff", stamp_of(headers(b"\xff"), NOW))


@pytest.mark.parametrize("away_s", [-301, 301, 10**9])
def test_an_old_or_early_request_is_refused(away_s: int) -> None:
    with pytest.raises(NotSigned, match="five minutes"):
        stamp_of(headers(at=NOW + timedelta(seconds=away_s)), NOW)


@pytest.mark.parametrize("stamp", ["", "x", "-1", "1e9", "9" * 12, "١٢٣", "1732197900.5"])
def test_a_time_that_is_no_whole_number_is_refused(stamp: str) -> None:
    with pytest.raises(NotSigned):
        stamp_of({**headers(), "webhook-timestamp": stamp}, NOW)
