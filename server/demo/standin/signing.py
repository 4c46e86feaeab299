"""Check a signed request as Standard Webhooks asks the receiver to (version v1, HMAC-SHA256).

Written from the specification and not with the sender's library, so that a mistake in how the
orders are signed cannot hide on both sides of the wire.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from pathlib import Path

TOLERANCE_S = 300
PREFIX = "whsec_"


class BadSignature(Exception):
    """The request is not from who it says, or is too old; the text says which."""


def verify(secret: str, headers: Mapping[str, str], body: bytes, now_s: float) -> str:
    """Return the webhook id of a rightly signed request, else raise `BadSignature`.

    `headers` are looked up in lower case. `now_s` is seconds since 1970; a timestamp further than
    five minutes from it is refused, so that a caught request cannot be played again tomorrow.
    """
    webhook_id = headers.get("webhook-id", "")
    stamp = headers.get("webhook-timestamp", "")
    signatures = headers.get("webhook-signature", "")
    if not (webhook_id and stamp and signatures):
        raise BadSignature("webhook-id, webhook-timestamp and webhook-signature are needed")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise BadSignature("webhook-timestamp is not a number of seconds")
    if abs(now_s - int(stamp)) > TOLERANCE_S:
        raise BadSignature("webhook-timestamp is more than five minutes away")
    wanted = _signature(secret, webhook_id, stamp, body)
    for candidate in signatures.split(" "):
        version, _, value = candidate.partition(",")
        if version == "v1" and hmac.compare_digest(value.encode(), wanted.encode()):
            return webhook_id
    raise BadSignature("no signature matches")


def sign(secret: str, webhook_id: str, body: bytes, now_s: float) -> dict[str, str]:
    """The three headers of a request that we send ourselves (call-backs)."""
    stamp = str(int(now_s))
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + _signature(secret, webhook_id, stamp, body),
    }


def _signature(secret: str, webhook_id: str, stamp: str, body: bytes) -> str:
    signed = f"{webhook_id}.{stamp}.".encode() + body
    return base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()


def secret_in(folder: Path) -> str:
    """Return the secret kept in `folder`; the first call makes it, readable by its owner only."""
    path = folder / "secret"
    if not path.exists():
        fresh = PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
        path.touch(mode=0o600)
        path.write_text(fresh + "\n", encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise BadSignature("the receiver's own secret is not base64") from error
