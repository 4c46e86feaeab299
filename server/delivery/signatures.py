"""Whether a request was signed with a delivery system's secret, per Standard Webhooks. Pure."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime

from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

TOLERANCE_S = 300
_NAMES = ("webhook-id", "webhook-timestamp", "webhook-signature")


class NotSigned(Exception):
    """The request is not from whom it says, or is too old; the text says what to put right."""


def stamp_of(headers: Mapping[str, str], now: datetime) -> tuple[str, datetime, list[str]]:
    """The id, time and signatures of a request. Raises `NotSigned`.

    A time further than five minutes from `now` is refused: a request that was overheard cannot be
    played again tomorrow.
    """
    key, stamp, signatures = (headers.get(name, "") for name in _NAMES)
    if not (key and stamp and signatures):
        raise NotSigned(f"these headers are needed: {', '.join(_NAMES)}")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 11) or len(key) > 256:
        raise NotSigned("webhook-timestamp is a whole number of seconds since 1970")
    at = datetime.fromtimestamp(int(stamp), UTC)
    if abs((now - at).total_seconds()) > TOLERANCE_S:
        raise NotSigned("webhook-timestamp is more than five minutes from our time")
    return key, at, signatures.split(" ")[:16]


def signed_with(secret: str, body: bytes, stamp: tuple[str, datetime, list[str]]) -> bool:
    """Whether one of the signatures is this secret's, over id, time and body."""
    key, at, signatures = stamp
    try:
        wanted = Webhook(secret).sign(key, at, body.decode("utf-8"))
    except (ValueError, EmptyWebhookSecretError):
        return False  # no usable secret, or no text
    return any(hmac.compare_digest(one.encode(), wanted.encode()) for one in signatures)
