"""Mistakes in sending orders on."""

from dataclasses import replace
from typing import Any

from server.delivery import claims, queries, send, steps
from server.delivery.contract import Acknowledged, NotFound, Unknown
from sync.queries.driver import execute
from tests.simulation.planted.plant import Planting


def resent_unasked(p: Planting) -> None:
    def after(real: Any, answer: Any, *rest: Any) -> Any:
        if isinstance(answer, Unknown):
            return steps.Step("queued", 0.2, answer.reason)
        return real(answer, *rest)

    p.around(claims, "after", after)


def not_found_believed_at_once(p: Planting) -> None:
    def after(real: Any, answer: Any, *rest: Any) -> Any:
        return steps.Step("queued") if isinstance(answer, NotFound) else real(answer, *rest)

    p.around(claims, "after", after)


def silence_is_consent(p: Planting) -> None:
    def settle(real: Any, conn: Any, row: Any, claimed: Any, answer: Any, *rest: Any) -> Any:
        no = f"X-{claimed.order.delivery[-12:]}"
        taken = Acknowledged(no) if isinstance(answer, Unknown) else answer
        return real(conn, row, claimed, taken, *rest)

    p.around(send, "settle", settle)


def stale_claim_still_counts(p: Planting) -> None:
    """A dispatcher that slept writes what it thinks, whoever has the order by now."""
    p.put(queries, "hold_on", lambda *_: True)

    def settle(real: Any, conn: Any, cell: int, delivery: str, attempt: int, **more: Any) -> None:
        now = execute(
            conn, "SELECT attempt FROM delivery WHERE cell = %s AND id = %s", [cell, delivery]
        ).fetchone()
        real(conn, cell, delivery, now[0] if now else attempt, **more)

    p.around(queries, "settle", settle)


def each_try_a_new_reference(p: Planting) -> None:
    def claim(real: Any, *args: Any, **more: Any) -> Any:
        return [
            replace(one, order=replace(one.order, revision=one.order.revision + one.attempt - 1))
            for one in real(*args, **more)
        ]

    p.around(send, "claim", claim)


def claimed_is_sent(p: Planting) -> None:
    """What was claimed counts as delivered: whoever dies before sending, has lost it."""

    def claim(real: Any, conn: Any, row: Any, *rest: Any, **more: Any) -> Any:
        found = real(conn, row, *rest, **more)
        for one in found:
            execute(
                conn, "UPDATE delivery SET state = 'acknowledged', external_no = 'X-0',"
                " lease_until = NULL WHERE cell = %s AND id = %s", [one.cell, one.order.delivery],
            )  # fmt: skip
        return found

    p.around(send, "claim", claim)


def sent_again_after_a_restore(p: Planting) -> None:
    """What the lost hours may have sent already is sent without a look."""
    p.put(queries, "_CLAIM", queries._CLAIM.replace(queries._IN_DOUBT, "false"))
