"""What a rep does in a store: the verbs of the reference handheld, by a seeded choice."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from handhelds.reference.edits import add_contact, edit_store
from handhelds.reference.till import Money
from handhelds.reference.visit import Rep, Wanted
from schemas.ids import uuid7

Act = Callable[[], dict[str, Any]]
ORDERS_P, CARDS_P, MONEY_P, PLANS_P, EDITS_P, CONTACTS_P = 0.2, 0.7, 0.12, 0.5, 0.15, 0.08


class Work:
    """One rep's day, visit by visit."""

    def __init__(self, rep: Rep, chance: random.Random) -> None:
        self.rep, self.chance = rep, chance
        self._stores: list[str] = []
        self._products: list[str] = []

    def visit(self) -> Iterator[Act]:
        """The acts of one visit, in order; each returns its row, with `change`, its id, if it
        made one."""
        chance, rep, store = self.chance, self.rep, self.chance.choice(self.stores())
        yield lambda: rep.start_visit(store)  # the open one, if there is one: then no change
        if chance.random() < CARDS_P:
            yield lambda: rep.card(store, self.seen())
        if chance.random() < ORDERS_P:
            yield lambda: rep.order(store, self.wanted())
        if chance.random() < MONEY_P:
            money = Money("cash", chance.randint(1, 90) * 100)
            yield lambda: rep.collect(store, money)
        if chance.random() < PLANS_P:
            day = rep.pad.today(rep.store(store)) + timedelta(days=chance.randint(1, 20))
            yield lambda: rep.plan(store, day)
        if chance.random() < EDITS_P:
            yield lambda: edit_store(rep, store, {"phone": f"555-{chance.randint(0, 9999):04d}"})
        if chance.random() < CONTACTS_P:
            name = f"Contact {uuid7()[-6:]}"
            yield lambda: add_contact(rep, store, name, {"role": "buyer"})
        yield lambda: rep.end_visit(store, reason=None)

    def stores(self) -> list[str]:
        """Codes of the stores the handheld carries."""
        if not self._stores:
            found = self.rep.local.db.execute(
                "SELECT code FROM copy.store WHERE status = 'active'"
                " AND scope NOT IN (SELECT scope FROM copy.greyed) ORDER BY code"
            )
            self._stores = [row["code"] for row in found]
        return self._stores

    def products(self) -> list[str]:
        self._products = self._products or [row["id"] for row in self.rep.queries.pulled("product")]
        return self._products

    def wanted(self) -> list[Wanted]:
        lines = self.chance.sample(self.products(), self.chance.randint(1, 3))
        return [Wanted(one, str(self.chance.randint(1, 9))) for one in lines]

    def seen(self) -> list[dict[str, Any]]:
        lines = self.chance.sample(self.products(), self.chance.randint(1, 3))
        return [
            {"product": one, "on_shelf": self.chance.random() < 0.8,
             "facings": self.chance.randint(0, 9)}
            for one in lines
        ]  # fmt: skip
