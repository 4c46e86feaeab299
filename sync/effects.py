"""What accepted changes write: rows, reservations, deliveries, conflicts, receipts, entries.

Effects are collected while a batch is decided and written at the end, one statement a table;
entries and the feed's counter come last (feed.publish).
"""

from collections import defaultdict
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection

from schemas.ids import derived
from sync.asking.changes import PARKING
from sync.batch import Pushed, Told
from sync.carrier import Carrier
from sync.decisions.shapes import Conflict, Plain
from sync.desk.answers import of_item
from sync.feed import Entry, publish
from sync.inbox import kept_as, row_of, scope_of
from sync.known import Known
from sync.queries import inbox as inbox_queries
from sync.queries import push as queries
from sync.queries.driver import together
from sync.sentences.words import kept, sentence
from sync.subjects.edit import AtRest
from sync.verdicts import verdict
from sync.write import put

ANSWERED_WITHIN = timedelta(days=2)
"""When a hold, a request or an offer about something that is no order is due."""
_json = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Effects:
    """Rows to write, by table, and the entries that tell of them."""

    cell: int
    carrier: Carrier
    received_at: datetime
    targets: list[str] = field(default_factory=list)
    warehouses: dict[str, str] = field(default_factory=dict)  # by store: who serves it
    counted: Container[tuple[str, str]] = ()  # (warehouse, product) that stock is kept of
    orders: list[tuple[Any, ...]] = field(default_factory=list)
    lines: list[tuple[Any, ...]] = field(default_factory=list)
    conflicts: list[tuple[Any, ...]] = field(default_factory=list)
    deliveries: list[tuple[Any, ...]] = field(default_factory=list)
    cards: list[tuple[Any, ...]] = field(default_factory=list)
    visits: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    stops: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    reserved: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    exposed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    capped: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    rows: dict[str, dict[str, Mapping[str, Any]]] = field(
        default_factory=dict
    )  # kind -> key -> row
    entries: list[Entry] = field(default_factory=list)
    parked: dict[str, str] = field(default_factory=dict)  # change kept whole -> its kind
    stops_at_rest: dict[str, AtRest] = field(default_factory=dict)
    closed_through: date | None = None  # the last day of the last closed period
    clock_is_told: bool = False
    offset_ms: int = 0  # server clock minus the handheld's
    released: frozenset[str] = frozenset()  # rules that a person has answered
    epoch: str = ""
    known: Known = field(default_factory=Known)  # what the process remembers of companies
    told_already: Container[str] = ()  # items that are there, of a change let stand

    @property
    def by(self) -> str:
        return f"device:{self.carrier.device}"

    def forget(self) -> None:
        """What was collected is written; only the entries are still to be told."""
        for collected in (
            *(self.orders, self.lines, self.conflicts, self.deliveries, self.cards, self.visits),
            *(self.stops, self.reserved, self.exposed, self.capped, self.rows),
        ):
            collected.clear()

    def tell(self, pushed: Pushed, told: Told, order_id: str | None = None) -> None:
        """Note a conflict: a row of the inbox, and part of the verdict."""
        pushed.told.append(told)
        if told.id in self.told_already:
            return
        scope = scope_of(told, self.carrier.rep)
        self.conflicts.append(
            row_of(
                told, by=self.by, rep=self.carrier.rep, store=pushed.store, order_id=order_id,
                change=pushed.id, at=self.received_at, language=self.carrier.language,
            )
        )  # fmt: skip
        self.entries.append(Entry(scope, "conflict", told.id))

    def hold(self, pushed: Pushed, rule: str, outcome: str = "held", **figures: Plain) -> None:
        """Keep a change whole for a person of the office, with a sentence of why."""
        pushed.outcome, pushed.keep_body = outcome, True
        if rule in PARKING:  # what builds on it in this batch waits as it would in the next
            self.parked[pushed.id] = pushed.kind
        says = kept(rule, figures, self.carrier.language)
        arguments = {name: _text(value) for name, value in figures.items()}
        conflict_id = derived("conflict", pushed.receipt_id, rule, "")
        item, owner = kept_as(rule)
        told = Told(
            conflict_id, rule, None, None, None, "hold_for_office", "office", rule,
            arguments, says, item=item, owner=owner,
            answers=of_item(item, is_order=False), subject=pushed.subject,
        )  # fmt: skip
        pushed.says = says
        self.tell(pushed, told)

    def keep(self, pushed: Pushed, conflict: Conflict) -> None:
        """Keep a change whole for a person, as a rule decided."""
        is_refused = conflict.decision == "refuse_change"
        pushed.outcome, pushed.keep_body = "rejected" if is_refused else "held", True
        self.note(pushed, conflict)
        pushed.says = pushed.told[-1].says

    def note(self, pushed: Pushed, conflict: Conflict, ask: dict[str, Any] | None = None) -> None:
        """Tell what a rule had to say about a change that is no order."""
        due_at = self.received_at + ANSWERED_WITHIN
        told = told_of(conflict, pushed.receipt_id, due_at, self.carrier.language)
        told.subject, told.ask = pushed.subject, ask
        self.tell(pushed, told)


def told_of(conflict: Conflict, change: str, due_at: datetime | None, language: str = "en") -> Told:
    """Turn a rule's conflict into what is told and stored, in the rep's language; its id follows
    from what it is about."""
    about = () if conflict.about is None else (conflict.about,)
    return Told(
        id=derived("conflict", change, conflict.rule, conflict.line, *about),
        rule=conflict.rule,
        line=conflict.line,
        yours=_text(conflict.yours),
        now=_text(conflict.now),
        decision=conflict.decision,
        needs=conflict.needs,
        message=conflict.message,
        arguments={name: _text(value) for name, value in conflict.arguments.items()},
        says=sentence(conflict, language),
        proposed=_text(conflict.proposed),
        due_at=due_at if conflict.needs else None,
        private=conflict.private,
        item=conflict.item,
        owner=conflict.owner,
        answers=conflict.answers,
        rep_answers=() if conflict.private else conflict.rep_answers,
        field=conflict.field,
        base=_text(conflict.base),
    )


def _text(value: str | int | None) -> str | None:
    return None if value is None else str(value)


def flush(conn: Connection, effects: Effects, batch: list[Pushed], offset_ms: int) -> None:
    """Write everything collected, one statement a table, receipts last."""
    write_rows(conn, effects)
    _receipts(conn, effects, batch, offset_ms)


def write_rows(conn: Connection, effects: Effects) -> None:
    """Write the rows collected so far, one statement a table, and forget them."""
    cell = effects.cell
    queries.insert_orders(conn, cell, effects.orders)
    queries.insert_lines(conn, cell, effects.lines)
    queries.insert_cards(conn, cell, effects.cards)
    queries.insert_conflicts(conn, cell, effects.conflicts)
    reserved = [(*key, quantity) for key, quantity in sorted(effects.reserved.items())]
    with together(conn):
        queries.save_visits(conn, cell, list(effects.visits.values()))
        queries.save_stops(conn, cell, list(effects.stops.values()))
        queries.insert_deliveries(conn, cell, effects.deliveries)
        queries.reserve(conn, cell, reserved)
        queries.expose(conn, cell, sorted(effects.exposed.items()))
        queries.use_caps(conn, effects.carrier.company_cell, sorted(effects.capped.items()))
    for kind, rows in effects.rows.items():
        effects.entries += put(conn, cell, kind, list(rows.values()), effects.by).entries
    effects.forget()


def renew(conn: Connection, effects: Effects, order_id: str, by: str) -> None:
    """Of an order decided again: items that are there already say what stands now, and are no
    new ones."""
    known = inbox_queries.items_of_order(conn, effects.cell, order_id)
    at = {name: place for place, name in enumerate(queries.CONFLICT.split(", "))}
    again = [row for row in effects.conflicts if row[0] in known]
    effects.conflicts = [row for row in effects.conflicts if row[0] not in known]
    effects.entries = [
        one for one in effects.entries if one.kind != "conflict" or one.key not in known
    ]
    rows = [tuple(row[at[name]] for name in inbox_queries.RENEWED) for row in again]
    renewed = inbox_queries.renew_items(conn, effects.cell, rows, by)
    effects.entries += [Entry(scope, "conflict", key) for key, scope in renewed]


def _receipts(conn: Connection, effects: Effects, batch: list[Pushed], offset_ms: int) -> None:
    new: list[tuple[Any, ...]] = []
    settled: list[tuple[str, str, str, bytes | None]] = []
    for pushed in batch:
        if pushed.stored is not None and not (pushed.again and pushed.receipt_id != pushed.id):
            continue
        text = pushed.stored or verdict(pushed, effects.carrier.language)
        body = pushed.raw if pushed.keep_body else None
        if pushed.waited:
            if pushed.outcome != "waiting":
                settled.append((pushed.receipt_id, pushed.outcome, text, body))
            continue
        depends = pushed.change.depends_on if pushed.change is not None else []
        n = None if pushed.n_taken else pushed.n
        new.append(
            (
                pushed.receipt_id, effects.carrier.device, n, effects.carrier.rep, pushed.kind,
                pushed.act, pushed.outcome, pushed.subject, text, pushed.hash, body,
                depends, pushed.captured_at, pushed.uncertain, offset_ms,
                effects.received_at,
            )
        )  # fmt: skip
    queries.insert_receipts(conn, effects.cell, new)
    queries.settle_receipts(conn, effects.cell, settled)


def announce(conn: Connection, effects: Effects) -> None:
    """Number and write the entries: the last statement before commit."""
    publish(conn, effects.cell, effects.entries)
