"""Ids: UUIDv7 for what somebody makes, derived ids for what follows from something else.

UUIDv7 is RFC 9562, section 5.7: 48 bits of milliseconds, then random bits, so that ids made later
sort later. A derived id (RFC 9562, section 5.8, version 8) is the same whenever it is derived
again, so a replayed batch writes the very same rows.
"""

import secrets
import threading
import time
from collections.abc import Callable
from hashlib import blake2b
from re import compile as pattern

_FORM = pattern(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Ids:
    """Makes UUIDv7s, each larger than the one made before it, whatever the clock does.

    now_ms: the author's clock, milliseconds since 1970. randbits: so many random bits as a number.
    A clock that jumps back does not send ids back: the last millisecond is counted on instead.
    """

    def __init__(
        self,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        randbits: Callable[[int], int] = secrets.randbits,
    ) -> None:
        self.now_ms, self.randbits = now_ms, randbits
        self.last = 0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        """Return a new UUIDv7."""
        made = self.now_ms() << 74
        with self._lock:
            value = (made & (((1 << 48) - 1) << 74)) | self.randbits(74)
            if value <= self.last:
                value = self.last + 1 + self.randbits(32)
            self.last = value
        stamp, rand = value >> 74, value & ((1 << 74) - 1)
        number = stamp << 80 | 0x7 << 76 | (rand >> 62) << 64 | 0b10 << 62 | rand & ((1 << 62) - 1)
        return dashed(f"{number:032x}")


uuid7 = Ids()
"""The ids of this process."""


def derived(*parts: object) -> str:
    """Return the one id that follows from these parts."""
    digest = blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).digest()
    number = int.from_bytes(digest)
    number = number & ~(0xF << 76) | 0x8 << 76
    number = number & ~(0b11 << 62) | 0b10 << 62
    return dashed(f"{number:032x}")


def dashed(text: str) -> str:
    """Write 32 hexadecimal digits as 8-4-4-4-12."""
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def is_id(text: str) -> bool:
    """Whether a text is an id in its one written form: others must not reach a database."""
    return _FORM.fullmatch(text) is not None
