"""Territories move about while handhelds pull, a page at a time; one seed plays it all.

    python -m tests.sync.moving [--devices 50] [--turns 4000] [--seeds 5]

The office hands stores over (with days together, today or later), sends stand-ins, takes stores
away, moves them to the other depot; contacts move between stores; days go by; reps push orders,
also for stores that are theirs no more. In between any handheld takes its next page. Whenever one
is `complete` it must hold exactly what SQL says of the stores that were meant for its rep: `Intent`
keeps that apart from everything the server knows. Every store and every rep has a canary in its
rows, and no page, verdict, digest or error may have one that is not the reader's to read.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

import msgspec

from schemas.ids import uuid7
from schemas.problem import Problem
from schemas.versions import NEWEST
from server.database import snapshot
from sync.moving.hand_over import Move, hand_over, stand_in
from sync.moving.relocate import relocate
from sync.scope import assign, tell_due, unassign
from sync.terms.digest import Digest, row_hash
from sync.verify import verify
from sync.write import write
from tests.auditor import rows_at_rest
from tests.sync.moving.days import ZONE
from tests.sync.moving.handhelds import BY, Handheld, canary, company, number
from tests.sync.moving.intent import Intent
from tests.world import CELL, COMPANY_CELL, OTHER_CELL, World, change, clock_at, order_body

CANARY = re.compile(r"canary-(st|rep)-(\w+)")
WAREHOUSE = {CELL: "w1", OTHER_CELL: "w2"}
MOST_PAGES = 500


class Wrong(AssertionError):
    """What must not be."""


@dataclass
class Moves:
    """A company of two depots, and everything that may happen to its territories."""

    world: World
    luck: Random
    now: datetime
    reps: list[str]
    handhelds: list[Handheld]
    intent: Intent = field(default_factory=Intent)
    known: dict[str, set[str]] = field(default_factory=dict)  # rep -> stores ever theirs
    completes: int = 0
    pages: int = 0
    digests: int = 0
    refused: int = 0
    done: dict[str, int] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.now.astimezone(ZONE).date()

    def some(self, most: int) -> list[str]:
        return self.luck.sample(self.world.stores, self.luck.randint(1, most))

    def cell_of(self, store: str) -> int:
        return int(self.world.one("SELECT cell FROM store WHERE id = %s", store))

    # -- what the office does ---------------------------------------------------------------------

    def hands_over(self) -> None:
        first = self.today + timedelta(self.luck.choice((0, 0, 1, 2)))
        together, taker = self.luck.choice((0, 1, 1, 2)), self.luck.choice([*self.reps, None])
        moves = []
        for store in self.some(5):
            giver = self.luck.choice([*sorted(self.intent.holders(store, self.today)), None])
            if giver != taker:
                moves.append(Move(self.cell_of(store), store, giver, taker))
        with self.world.begin() as conn:
            hand_over(conn, moves, BY, self.now, first_day=first, together_days=together)
        for move in moves:
            if move.taker is not None:
                self.intent.give(move.store, move.taker, first, None)
            if move.giver is not None:
                over = first + timedelta(together if move.taker else 0)
                self.intent.end(move.store, move.giver, over, first)

    def stands_in(self) -> None:
        rep, other = self.luck.sample(self.reps, 2)
        first = self.today + timedelta(self.luck.choice((0, 1, 2)))
        last = first + timedelta(self.luck.choice((0, 1, 4)))
        with self.world.begin() as conn:
            stand_in(conn, CELL, rep, other, first, last, BY, self.now)
        for store in self.intent.own(rep, first, last + timedelta(1)):
            self.intent.give(store, other, first, last + timedelta(1), rep)

    def assigns(self) -> None:
        rep = self.luck.choice(self.reps)
        for store in self.some(2):
            with self.world.begin() as conn:
                assign(conn, self.cell_of(store), rep, [store], BY, self.now)
            self.intent.give(store, rep, self.today, None)

    def takes_away(self) -> None:
        for store in self.some(2):
            for rep in sorted(self.intent.holders(store, self.today)):
                with self.world.begin() as conn:
                    unassign(conn, self.cell_of(store), rep, [store], self.now)
                self.intent.end(store, rep, self.today, self.today)

    def relocates(self) -> None:
        for store in self.some(2):
            old = self.cell_of(store)
            new = CELL + OTHER_CELL - old
            with self.world.begin() as conn:
                relocate(conn, old, new, store, WAREHOUSE[new], BY, self.now)
        there = [(kind, key) for _, kind, key, _ in self.rows()]
        if len(there) != len(set(there)):
            raise Wrong(f"{max(there, key=there.count)} is there twice")

    def edits(self) -> None:
        """A person moves to another store of the depot, or is new, or the plan of a rep changes."""
        store = self.luck.choice(self.world.stores)
        cell = self.cell_of(store)
        there = self.world.rows("SELECT id::text FROM contact WHERE cell = %s ORDER BY id", cell)
        key = self.luck.choice(there)[0] if there and self.luck.random() < 0.8 else uuid7()
        row = {"id": key, "store": store, "name": canary(self.world, store), "state": "active"}
        with self.world.begin() as conn:
            write(conn, cell, "contact", [row], BY)

    def time_goes_by(self) -> None:
        self.now += timedelta(
            hours=self.luck.choice((1, 3, 9, 20)), minutes=self.luck.randint(1, 59)
        )
        self.minute()

    def minute(self) -> None:
        """What the scheduler does every minute."""
        with self.world.begin() as conn:
            tell_due(conn, self.now)

    # -- what reps do -----------------------------------------------------------------------------

    def pushes(self) -> None:
        """An order or a visit, for a store that is or was the rep's."""
        handheld = self.luck.choice(self.handhelds)
        rep = handheld.carrier.rep
        known = sorted(self.known.get(rep, ()))
        if not known:
            return
        store = self.luck.choice(known)
        handheld.n += 1
        body: dict[str, Any] = {"id": uuid7(), "store": store, "state": "done"}
        kind, act = "visit", "save"
        if self.luck.random() < 0.7:
            kind, act = "order", "submit"
            body = order_body(
                store, [("p001", self.luck.randint(1, 5))], note=canary(self.world, store),
                number=f"{handheld.carrier.device}-{handheld.n}",
            )  # fmt: skip
        captured = clock_at(self.now, self.luck.choice((1_000, 40_000_000, 400_000_000)))
        verdicts, answer = self.world.push(
            handheld.carrier, [change(handheld.n, kind, act, body, captured=captured)],
            received_at=self.now,
        )  # fmt: skip
        if answer.faults:
            raise Wrong(answer.faults)
        self.looks(rep, msgspec.json.encode(verdicts).decode(), {*known})
        self.minute()

    def pulls(self) -> None:
        handheld = self.luck.choice(self.handhelds)
        for _ in range(self.luck.randint(1, 6)):
            if self.page(handheld):
                break

    def page(self, handheld: Handheld) -> bool:
        """One page: no foreign canary in it; the whole truth if it was the last."""
        rep = handheld.carrier.rep
        mine = self.intent.stores(rep, self.today)
        self.known.setdefault(rep, set()).update(mine)
        answer = handheld.step()
        self.pages += 1
        for kind, texts in answer.rows.items():
            allowed = self.known[rep] if kind == "conflict" else mine
            self.looks(rep, "".join(texts), allowed)
        told = {one[3:] for one in (*answer.added, *answer.dropped) if one.startswith("st:")}
        if told - self.known[rep]:
            raise Wrong(f"{rep} was told of stores that never were theirs: {told}")
        if answer.complete:
            self.completes += 1
            self.compare(handheld, mine)
        return bool(answer.complete)

    def digest(self) -> None:
        """Whoever is complete verifies: equal, and the scopes named are the reader's own."""
        handheld = self.luck.choice(self.handhelds)
        self.whole(handheld)
        rows = [
            row_hash(kind, row) for kind, rows in handheld.rows.items() for row in rows.values()
        ]
        asked = SimpleNamespace(
            schema=NEWEST, epoch=None, cursor=handheld.cursor, why="nightly", run="x",
            digest=Digest(len(rows), sum(rows) % 2**64).spelled(), ask=[], have=[],
        )  # fmt: skip
        with snapshot(self.world.engine) as conn:
            if not verify(conn, handheld.carrier, asked).equal:
                raise Wrong(f"the digest of {handheld.carrier.device} differs")
            asked.digest = "0:0000000000000000"
            told = verify(conn, handheld.carrier, asked).scopes
            foreign = self.luck.choice(self.world.stores)
            asked.have = [SimpleNamespace(scope=f"st:{foreign}", at="", rows={})]
            asked.digest = None
            laid = verify(conn, handheld.carrier, asked)
        rep = handheld.carrier.rep
        mine = self.intent.stores(rep, self.today)
        if {one[3:] for one in told if one.startswith("st:")} - mine:
            raise Wrong(f"{rep} got digests of foreign stores")
        self.looks(rep, "".join(text for texts in laid.rows.values() for text in texts), mine)
        self.digests += 1

    def asks_wrongly(self) -> None:
        """With somebody else's cursor or page: the refusal tells nothing."""
        one, other = self.luck.sample(self.handhelds, 2)
        for cursor, page in ((other.cursor, None), (one.cursor, other.at)):
            try:
                if cursor is not None and (page is None or page != one.at):
                    one.page(cursor, page)
            except Problem as problem:
                self.refused += 1
                words = f"{problem} {problem.__dict__}"
                self.looks(one.carrier.rep, words, set())
                if any(store in words for store in self.world.stores):
                    raise Wrong(f"a refusal names a store: {words}") from problem

    # -- what must be -----------------------------------------------------------------------------

    def looks(self, rep: str, text: str, stores: set[str]) -> None:
        """No canary that is not this rep's."""
        names = {number(self.world, store) for store in stores}
        for family, name in set(CANARY.findall(text)):
            if name not in (names if family == "st" else {rep}):
                raise Wrong(f"{rep} read canary-{family}-{name}")

    def compare(self, handheld: Handheld, mine: set[str]) -> None:
        held = {kind: rows for kind, rows in handheld.rows.items() if rows}
        should = self.should(handheld.carrier.rep, mine)
        for kind in held.keys() | should.keys():
            has, wants = held.get(kind, {}), should.get(kind, {})
            if has != wants:
                other = [key for key in has.keys() & wants.keys() if has[key] != wants[key]]
                raise Wrong(
                    f"{handheld.carrier.device} of {handheld.carrier.rep}, {kind}: "
                    f"missing {sorted(wants.keys() - has.keys())[:3]}, "
                    f"too many {sorted(has.keys() - wants.keys())[:3]}, different "
                    f"{sorted(other)[:3]}"
                )

    def should(self, rep: str, mine: set[str]) -> dict[str, dict[str, Any]]:
        """What SQL says of these stores, where they are now, and of what is the rep's own."""
        stores = self.world.rows(
            "SELECT cell, id::text, warehouse FROM store WHERE id::text = ANY(%s)", sorted(mine)
        )
        if len(stores) != len(mine):
            raise Wrong("a store is in two depots, or in none")
        wanted = {(cell, f"st:{store}") for cell, store, _ in stores}
        wanted |= {(cell, f"wh:{warehouse}") for cell, _, warehouse in stores}
        wanted |= {(COMPANY_CELL, "company"), (COMPANY_CELL, "pl:base")}
        wanted |= {(cell, f"rep:{rep}") for cell in WAREHOUSE}
        found: dict[str, dict[str, Any]] = {}
        for (cell, kind, key, scope), value in self.rows().items():
            if (cell, scope) in wanted:
                if key in found.setdefault(kind, {}):
                    raise Wrong(f"{kind} {key} is there twice")
                found[kind][key] = msgspec.json.decode(value)
        return found

    def rows(self) -> dict[Any, str]:
        """Every row at rest as it travels; read again only when a feed has moved."""
        heads = self.world.rows("SELECT cell, pos FROM feed ORDER BY cell")
        if getattr(self, "_heads", None) != heads:
            self._heads = heads
            self._rows = rows_at_rest(self.world)
        return self._rows

    def happens(self) -> None:
        acts = [
            *[self.pulls] * 16, *[self.pushes] * 3, *[self.hands_over] * 2, *[self.relocates] * 2,
            *[self.edits] * 3, *[self.time_goes_by] * 2, self.stands_in, self.assigns,
            self.takes_away, self.digest, self.asks_wrongly,
        ]  # fmt: skip
        act = self.luck.choice(acts)
        self.done[act.__name__] = self.done.get(act.__name__, 0) + 1
        act()

    def whole(self, handheld: Handheld) -> None:
        """A pull to its end, which must come: nothing else happens meanwhile."""
        for _ in range(MOST_PAGES):
            if self.page(handheld):
                return
        raise Wrong(f"a pull of {handheld.carrier.device} does not end")

    def ends(self) -> None:
        """Everybody pulls to the end."""
        for handheld in self.handhelds:
            self.whole(handheld)


def play(engine: Any, seed: int, turns: int, **size: int) -> Moves:
    """All of it once; raises Wrong."""
    luck = Random(seed)
    world, reps, handhelds = company(engine, luck, **size)
    moves = Moves(world, luck, world.now, reps, handhelds)
    for _ in reps:
        moves.assigns()
    for turn in range(turns):
        try:
            moves.happens()
        except Wrong as wrong:
            raise Wrong(f"seed {seed}, turn {turn}: {wrong}") from wrong
    moves.ends()
    return moves
