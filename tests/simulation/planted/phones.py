"""Mistakes of the handheld itself."""

from typing import Any

import msgspec

from handhelds.reference import device, local, queries_offered, queries_pulled
from handhelds.reference import verify as verifying
from handhelds.reference.answers import Ending
from tests.simulation.planted.plant import Planting


def sent_is_done(p: Planting) -> None:
    def batch(real: Any, self: Any, *rest: Any) -> Any:
        found = real(self, *rest)
        with self.writing():
            for one in found:
                self.db.execute(
                    "UPDATE main.change SET outcome = 'applied' WHERE id = ?", (one.id,)
                )
        return found

    p.around(local.Local, "batch", batch)


def new_id_for_each_try(p: Planting) -> None:
    tries = iter(range(10**9))

    def batch(real: Any, self: Any, *rest: Any) -> Any:
        return [
            device.Outgoing(one.n, one.id, one.raw.replace(
                one.id.encode(), f"{one.id[:24]}{next(tries):012x}".encode()))
            for one in real(self, *rest)
        ]  # fmt: skip

    p.around(local.Local, "batch", batch)


def epoch_ignored(p: Planting) -> None:
    p.put(queries_offered.Offered, "must_offer", lambda self: False)
    p.put(queries_offered.Offered, "offer_again", lambda self, answer: 0)


def number_used_again(p: Planting) -> None:
    """A handheld that was put back does not let go of its name."""
    p.put(queries_offered.Offered, "leave_name", lambda self: None)


def dropped_scopes_stay(p: Planting) -> None:
    p.put(queries_pulled.Pulled, "_drop", lambda self, scopes: None)


def removals_not_taken(p: Planting) -> None:
    def apply(real: Any, self: Any, page: Any) -> Any:
        return real(self, msgspec.structs.replace(page, gone={}))

    p.around(queries_pulled.Pulled, "_apply", apply)


def new_cursor_for_the_old_copy(p: Planting) -> None:
    """A copy that lost its cursor is given a new one as it is, and not compared."""

    def verify(real: Any, keeper: Any, new_id: Any, why: str) -> Any:
        if why != "cursor":
            return (yield from real(keeper, new_id, why))
        ask = verifying._asking(keeper.identity(), None, new_id(), why)
        answer = yield from verifying._asked(ask, digest=None)
        if not isinstance(answer, Ending):
            keeper.checked.repair({}, {}, [], answer.cursor)
            answer = Ending("done")
        return answer

    p.around(device, "verify", verify)


def first_page_forgotten(p: Planting) -> None:
    """Of a pull of several pages the first is not staged."""

    def stage(real: Any, self: Any, page: Any, body: bytes, answers: int) -> None:
        first = not self._has_staged()
        real(self, page, body, answers)
        if first:
            with self._writing():
                self.db.execute("UPDATE copy.staged SET body = ?", (
                    msgspec.json.encode(msgspec.structs.replace(page, rows={})),
                ))  # fmt: skip

    p.put(device, "PAGE_ROWS", 60)
    p.around(queries_pulled.Pulled, "stage", stage)


def never_compared(p: Planting) -> None:
    """A copy is called right without a look at it."""

    def verify(*_: Any) -> Any:
        yield from ()
        return Ending("done")

    p.put(device, "verify", verify)


def damage_not_noticed(p: Planting) -> None:
    """A change that rotted in the outbox is sent as it is."""
    p.put(local, "is_intact", lambda row: True)
