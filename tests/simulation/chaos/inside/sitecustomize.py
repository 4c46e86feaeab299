"""Runs inside every process of the server that machine.py starts, before anything else.

By chance, a process that passes one of the product's failpoints is killed there, with -9: in the
middle of a transaction, between commit and answer, between sending an order and writing down that
it was sent. CHAOS_OF_TESTS says how often, as long as which file is there; it may name a bug to be
planted:

    no_receipts   what was pushed before is decided once more
    resend        an order whose fate is unknown is sent again without looking it up
"""

import json
import os
import random
import signal
from datetime import UTC, datetime
from typing import Any

CHAOS = "CHAOS_OF_TESTS"


def dies(asked: dict[str, Any]) -> None:
    """From now on every failpoint is passed at some risk."""
    from schemas import failpoint

    chance = random.SystemRandom()  # forked processes must not all have the same luck

    def act(name: str) -> None:
        if chance.random() < asked["dies"].get(name, 0.0) and os.path.exists(asked["trouble"]):
            at = datetime.now(UTC).isoformat(timespec="milliseconds")
            entry = {"at": at, "what": "fault", "kind": f"killed_{name}", "device": None}
            told = os.open(asked["history"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            os.write(told, json.dumps(entry).encode() + b"\n")
            os.kill(os.getpid(), signal.SIGKILL)

    failpoint._act = act


def no_receipts() -> None:
    from server import app

    made = app.create_app

    def create_app(*args: Any, **more: Any) -> Any:
        flask = made(*args, **more)
        flask.config["PLANT_NO_RECEIPTS"] = True
        return flask

    app.create_app = create_app


def resend() -> None:
    from server.delivery import claims, steps
    from server.delivery.contract import Unknown

    real = steps.after

    def after(answer: Any, tried: Any, can: Any, seed: str) -> Any:
        if isinstance(answer, Unknown):
            return steps.Step("queued", 0.2, answer.reason)
        return real(answer, tried, can, seed)

    claims.after = after  # type: ignore[assignment]


PLANTS = {"no_receipts": no_receipts, "resend": resend}

if CHAOS in os.environ:
    _asked = json.loads(os.environ[CHAOS])
    dies(_asked)
    if _asked["plant"] in PLANTS:
        PLANTS[_asked["plant"]]()
