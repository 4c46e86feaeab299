"""A dispatcher for the soak, as a process that gets killed: `soak_dispatcher URL SETTLE_S [FAULT]`.

It is the dispatcher of production with shorter waits: tries follow each other after seconds instead
of minutes, a lease lasts 3 s longer than a request instead of 10, and an order is believed not to
be on its way any more SETTLE_S after a request ended instead of 60 s. It sends 32 orders at once,
not 8.

A FAULT is planted to see that the soak catches it:

    resend    what is unknown is sent again without looking it up
    believe   a "not found" is believed at once
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from typing import Any

from server import logs
from server.database import make_engine
from server.delivery import breaker, claims, send, steps
from server.delivery.contract import NotFound, Unknown
from server.delivery.send import Dispatcher


def hurry() -> None:
    breaker.FIRST_WAITS_S = (0.2, 0.5, 1.0, 2.0)
    breaker.LATER_WAIT_S = 3.0
    breaker.COOL_DOWN_S = 0.2
    breaker.COOL_DOWN_MOST_S = 1.0
    claims.LEASE_EXTRA_S = 3.0


def plant(fault: str) -> None:
    real = steps.after

    def resend(answer: Any, tried: Any, can: Any, seed: str) -> Any:
        if isinstance(answer, Unknown):
            return steps.Step("queued", 0.2, answer.reason)
        return real(answer, tried, can, seed)

    def believe(answer: Any, tried: Any, can: Any, seed: str) -> Any:
        if isinstance(answer, NotFound):
            return steps.Step("queued")
        return real(answer, tried, can, seed)

    if fault == "resend":
        claims.after = resend  # type: ignore[assignment]
    elif fault == "believe":
        claims.after = believe  # type: ignore[assignment]
    elif fault:
        raise SystemExit(f"there is no fault {fault!r}")


def main() -> None:
    logs.configure("soak", "critical")
    hurry()
    plant(sys.argv[3] if len(sys.argv) > 3 else "")
    settle_s = float(sys.argv[2])
    assert settle_s < send.SETTLE_S
    engine = make_engine(sys.argv[1], pool_size=8)
    dispatcher = Dispatcher(engine, f"soak/{os.getpid()}", settle_s=settle_s, per_target=32)
    parent = os.getppid()
    while os.getppid() == parent:
        dispatcher.wake.clear()
        with contextlib.suppress(Exception):  # the database may have too many of us just now
            dispatcher.start_due()
        threading.Event().wait(0.1)  # claims of several at once, where thousands wait, are cheaper
        dispatcher.wake.wait(0.2)


if __name__ == "__main__":
    main()
