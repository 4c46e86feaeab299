"""A receipt for money while it is decided: as taken, what is known, and the working copy.

Money that was taken is never refused: rules only say what is odd about it, and which part of it
stays on account because what it was meant for is not open. Pure, like order.py for orders.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sync.facts import Facts, Grant, StoreFacts
from sync.subjects.order import Params, chosen
from sync.terms.allocation import OpenItem, Use
from sync.terms.collection import cheque_key
from sync.terms.cutoff import local_day


@dataclass(frozen=True, slots=True)
class Collection:
    """Money as taken. `allocation` is what it was meant for: (open item, minor units), in the
    order it is to be used up."""

    id: str
    number: str
    store: str
    rep: str
    method: str
    amount_minor: int
    currency: str
    captured_at: datetime
    allocation: tuple[Use, ...] = ()
    cheque_no: str | None = None
    cheque_bank: str | None = None
    cheque_on: date | None = None

    @property
    def cheque_key(self) -> str | None:
        """What another receipt of the same cheque shares with it; None for other money."""
        return cheque_key(self.cheque_bank, self.cheque_no) if self.method == "cheque" else None


@dataclass(frozen=True, slots=True)
class Earlier:
    """Another receipt that is here already and was not refused. `day` on its store's wall."""

    id: str
    number: str
    store: str
    rep: str
    method: str
    amount_minor: int
    currency: str
    captured_at: datetime
    day: date
    cheque_key: str | None = None


@dataclass(slots=True)
class MoneyFacts:
    """What the rules may see: the store, rights and policies as for orders; the store's items,
    each with what is open of it and not spoken for by receipts still to be posted; receipts that
    share a number, a cheque, or store and amount with this one, the oldest first."""

    facts: Facts
    items: Mapping[str, OpenItem] = field(default_factory=dict)
    earlier: tuple[Earlier, ...] = ()


class WorkingUse:
    """One item the money was meant for. `n` counts from 1; `minor` is what stands of it so far."""

    __slots__ = ("item", "minor", "n", "number")

    def __init__(self, n: int, use: Use, item: OpenItem | None) -> None:
        self.n, self.number, self.item = n, use[0], item
        self.minor = max(0, use[1])


class WorkingCollection:
    """A receipt as it stands so far, and where."""

    def __init__(self, taken: Collection, known: MoneyFacts, params: Mapping[str, Params]) -> None:
        self.taken, self.known = taken, known
        self.now = known.facts.now
        self.at = min(taken.captured_at, self.now)
        self.store: StoreFacts | None = known.facts.stores.get(taken.store)
        self.choices, self.params = chosen(known.facts, self.store, params)
        self.uses = [
            WorkingUse(n, use, known.items.get(use[0])) for n, use in enumerate(taken.allocation, 1)
        ]
        self.duplicate_of: str | None = None

    @property
    def zone(self) -> str:
        return "UTC" if self.store is None else self.store.zone

    @property
    def day(self) -> date:
        """The day it was taken, on the store's wall."""
        return local_day(self.at, self.zone)

    @property
    def pays(self) -> bool:
        """Whether it can settle items at all: money, and in the currency of the store's debts."""
        mine, theirs = self.taken.currency, None if self.store is None else self.store.currency
        return self.taken.amount_minor > 0 and theirs in (None, mine)

    @property
    def grants(self) -> tuple[Grant, ...]:
        return self.known.facts.grants.get((self.taken.rep, self.taken.store), ())

    def open_for(self, x: WorkingUse) -> int:
        """What is open of an item after what this receipt's earlier parts take of it."""
        if x.item is None:
            return 0
        before = sum(one.minor for one in self.uses[: x.n - 1] if one.number == x.number)
        return max(0, x.item.open_minor - before)

    @property
    def same_number(self) -> Earlier | None:
        mine = self.taken
        return _first(self, lambda one: one.number == mine.number)

    @property
    def same_cheque(self) -> Earlier | None:
        key = self.taken.cheque_key
        return None if key is None else _first(self, lambda one: one.cheque_key == key)

    @property
    def same_money(self) -> Earlier | None:
        """Store, amount and day agree; a cheque that was named already is not named again."""
        mine, cheque = self.taken, self.same_cheque
        return _first(
            self,
            lambda one: (
                one.store == mine.store
                and (one.amount_minor, one.currency) == (mine.amount_minor, mine.currency)
                and one.day == self.day
                and one is not cheque
            ),
        )


def _first(w: WorkingCollection, same: Callable[[Earlier], bool]) -> Earlier | None:
    others = (one for one in w.known.earlier if one.id != w.taken.id)
    return next((one for one in others if same(one)), None)
