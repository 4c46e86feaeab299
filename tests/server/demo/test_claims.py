"""Each claim of the day can turn out false: one thing is spoilt at a time."""

import copy
import io
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

import pytest
from rich.console import Console

from server.demo import claims
from server.demo.claims import Expected, Found
from server.demo.rep import Rep
from server.demo.stage import Stage
from server.demo.timeline import Timeline

EXPECTED = Expected("D1-2", "D1-3", "D1-1", Decimal("2.00"))


def line(n: int, product: str, ordered: int, confirmed: int, backordered: int = 0) -> Any:
    return {"n": n, "product": product, "ordered": ordered, "confirmed": confirmed,
            "backordered": backordered, "cut": ordered - confirmed - backordered}  # fmt: skip


def good() -> Found:
    """A day of three orders on which everything is as it should be."""
    order = {"rep": "ana", "store": "s1", "holds": [], "revision": 1, "cell": 2}
    return Found(
        orders=[
            order | {"id": "a", "number": "D1-1", "state": "acknowledged", "external_no": "DS-1",
                     "net_minor": 1200},
            order | {"id": "b", "number": "D1-2", "state": "acknowledged", "external_no": "DS-2",
                     "net_minor": 0},
            order | {"id": "c", "number": "D1-3", "state": "rejected", "external_no": None,
                     "net_minor": 0},
        ],
        lines={"a": [line(1, "p", 6, 6)], "b": [line(1, "short", 12, 9, 3)],
               "c": [line(1, "q", 6, 0), line(2, "short", 3, 0, 3)]},
        receipts=[{"device": "d", "n": n, "outcome": "applied"} for n in (1, 2, 3)],
        money=[{"number": "D1-R1", "amount_minor": 12_500, "state": "received"}],
        deliveries={key: [{"look_ups": 1}] for key in ("a", "b")},
        conflicts=[
            {"order_id": "b", "rule": "store_blocked", "state": "resolved",
             "resolved_by": "user:desk"},
            {"order_id": "c", "rule": "credit_exceeded", "state": "resolved",
             "resolved_by": "user:desk"},
        ],
        promised={"reserved": 9, "kept": 9},
        documents=[
            {"order_id": "a", "order_no": "D1-1", "external_no": "DS-1",
             "lines": [{"n": 1, "product": "p", "quantity": 6}]},
            {"order_id": "b", "order_no": "D1-2", "external_no": "DS-2",
             "lines": [{"n": 1, "product": "short", "quantity": 12}]},
        ],
        attempts={"taken": 2},
    )  # fmt: skip


@dataclass
class Handheld(Rep):
    """A rep whose handheld answers from memory."""

    shown: tuple[Any, ...] = ()
    pending: int = 0

    def does(self, *words: str, well: tuple[int, ...] = (0,)) -> dict[str, Any]:
        return {"pending": self.pending, "orders": list(self.shown)}


def rep(found: Found) -> Handheld:
    kept = tuple({k: one[k] for k in ("number", "external_no", "state")} for one in found.orders)
    taken = [{"number": one["number"]} for one in found.orders]
    slips = [{"number": "D1-R1", "amount_minor": 12_500}]
    return Handheld("ana", "Ana", cast(Any, None), "d", taken=taken, slips=slips, shown=kept)


@dataclass
class Company:
    short = {"code": "short", "case_each": 6}  # noqa: RUF012 - a stand-in's facts
    short_left = 9


@dataclass
class Place:
    cast = Company()


def judged(monkeypatch: pytest.MonkeyPatch, found: Found, mine: Handheld) -> tuple[bool, str]:
    monkeypatch.setattr(claims, "read", lambda stage, reps: found)
    out = io.StringIO()
    told = Timeline(Console(file=out, width=200))
    claims.check(cast(Stage, Place()), told, [mine], EXPECTED)
    return told.verdict(), out.getvalue()


def test_a_good_day_is_true(monkeypatch: pytest.MonkeyPatch) -> None:
    found = good()
    well, said = judged(monkeypatch, found, rep(found))
    assert well, said


def _twice(found: Found, mine: Handheld) -> None:
    found.documents.append(found.documents[0])


def _lost(found: Found, mine: Handheld) -> None:
    del found.orders[0]


def _money_lost(found: Found, mine: Handheld) -> None:
    found.money.clear()


def _doubled(found: Found, mine: Handheld) -> None:
    found.orders.append(found.orders[0] | {"id": "z"})


def _unsent(found: Found, mine: Handheld) -> None:
    mine.pending = 1


def _gap(found: Found, mine: Handheld) -> None:
    found.receipts[1]["n"] = 7


def _refused(found: Found, mine: Handheld) -> None:
    found.receipts[0]["outcome"] = "rejected"


def _oversold(found: Found, mine: Handheld) -> None:
    found.lines["b"][0] |= {"confirmed": 12, "backordered": 0}


def _leaked(found: Found, mine: Handheld) -> None:
    found.promised["reserved"] = 10


def _bottle(found: Found, mine: Handheld) -> None:
    found.lines["a"][0]["cut"] = 1


def _unheld(found: Found, mine: Handheld) -> None:
    found.conflicts[0]["rule"] = "stock_short"


def _not_rejected(found: Found, mine: Handheld) -> None:
    found.conflicts[1]["resolved_by"] = "job:lapse"


def _dear(found: Found, mine: Handheld) -> None:
    found.orders[0]["net_minor"] = 1300


def _wrong_quantity(found: Found, mine: Handheld) -> None:
    found.documents[1]["lines"][0]["quantity"] = 11


def _sent_rejected(found: Found, mine: Handheld) -> None:
    found.documents.append(
        {"order_id": "c", "order_no": "D1-3", "external_no": "DS-3", "lines": []}
    )


def _resent(found: Found, mine: Handheld) -> None:
    found.attempts = {"taken": 2, "repeated": 1}
    found.deliveries["a"] = [{"look_ups": 0}]


def _wrong_number(found: Found, mine: Handheld) -> None:
    found.documents[0]["external_no"] = "DS-9"


def _not_shown(found: Found, mine: Handheld) -> None:
    mine.shown[0]["external_no"] = None


@pytest.mark.parametrize(
    "spoil",
    [_money_lost,
     _twice, _lost, _doubled, _unsent, _gap, _refused, _oversold, _leaked, _bottle, _unheld,
     _not_rejected, _dear, _wrong_quantity, _sent_rejected, _resent, _wrong_number, _not_shown],
)  # fmt: skip
def test_what_is_spoilt_is_noticed(
    monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Found, Handheld], None]
) -> None:
    found = copy.deepcopy(good())
    mine = rep(found)
    spoil(found, mine)
    well, said = judged(monkeypatch, found, mine)
    assert not well, said
