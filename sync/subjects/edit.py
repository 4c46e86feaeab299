"""The working copy of an edit: what a rep changed of a row that somebody else may have changed too.

Three-way, field by field: `mine` is what the rep set, `base` the same fields as the rep saw them
(the change carries them, so the server needs no history), `theirs` what is at rest now. A field
whose `mine` equals its `base` was not edited; one whose `mine` equals `theirs` needs nothing.
What is left is asked about (asking/edits.py, rules/field.py): conditions read this copy, decisions
say what of it `stands`, what is asked for as a change request, and what was there and gave way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sync.decisions.shapes import Conflict
from sync.facts import Facts, StoreFacts
from sync.owners import OWNERS, Owner, Value
from sync.subjects.order import Params, chosen

EditOutcome = Literal["applied", "adjusted", "merged", "held", "rejected"]


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit as taken. `kind` is that of its row, `act` what was done; `label` names the row for
    people. `base` None: the handheld did not say what it saw, so nothing counts as changed since.
    """

    id: str
    kind: str
    act: str
    rep: str
    captured_at: datetime
    store: str | None = None
    mine: Mapping[str, Value] = field(default_factory=dict)
    base: Mapping[str, Value] | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A store that may be the same as a new one: `why` in words, `score` in percent."""

    id: str
    name: str
    why: str
    score: int


@dataclass(frozen=True, slots=True)
class AtRest:
    """The row at rest. `fields` None = there is none; `gone`: there was one, and a person took it
    away. `author`: the rep who captured it. `is_locked`: nothing of it may change any more.
    `is_pinned`: the office fixed it. For a new store: the store here that looks most like it
    (`twin`), and whether another one has its code."""

    fields: Mapping[str, Value] | None = None
    gone: bool = False
    author: str | None = None
    is_locked: bool = False
    is_pinned: bool = False
    twin: Lookalike | None = None
    code_is_taken: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wanted and did not get: `value` for `field` (of a whole row: all of `fields`),
    for its owner to accept or decline."""

    fields: Mapping[str, Value]
    owner: Owner


@dataclass(slots=True)
class EditDecision:
    """What became of one edit.

    `stands`: fields to write over the row at rest, nothing else. `requests` belong to conflicts of
    the same place in the list. `gave_way`: what was at rest, had been changed by somebody else
    meanwhile, and was written over all the same. `store`: where it goes, if not where it was sent.
    """

    outcome: EditOutcome
    stands: dict[str, Value] = field(default_factory=dict)
    conflicts: list[tuple[Conflict, Request | None]] = field(default_factory=list)
    gave_way: dict[str, Value] = field(default_factory=dict)
    store: str | None = None
    keep: bool = False  # the change as sent, for a person who may let it stand


class WorkingField:
    """One edited field. `given` is what stands of it so far; None with `is_kept` = theirs."""

    __slots__ = ("base", "is_kept", "mine", "name", "owner", "request", "theirs")

    def __init__(self, name: str, mine: Value, base: Value, theirs: Value, owner: Owner) -> None:
        self.name, self.mine, self.base, self.theirs, self.owner = name, mine, base, theirs, owner
        self.is_kept = False
        self.request: Request | None = None

    @property
    def changed_meanwhile(self) -> bool:
        """Whether somebody else changed it since the rep saw it."""
        return self.theirs != self.base


class WorkingEdit:
    """An edit as it stands so far, where it stands, and what was said about it."""

    __slots__ = (
        *("at", "base", "edit", "facts", "fields", "now", "params", "released", "request"),
        *("choices", "refused_by", "shown", "store", "theirs", "_defaults"),
    )

    def __init__(
        self, edit: Edit, theirs: AtRest, facts: Facts, params: Mapping[str, Params]
    ) -> None:
        self.edit, self.theirs, self.facts = edit, theirs, facts
        self.now = facts.now
        self.at = min(edit.captured_at, facts.now)
        self.released = facts.released.get(edit.id, frozenset())
        self.refused_by: str | None = None
        self.request: Request | None = None
        self.shown: dict[datetime, str] = {}
        self._defaults = params
        self.fields = _edited(edit, theirs)
        self.stand_at(facts.stores.get(edit.store or ""))

    def stand_at(self, store: StoreFacts | None) -> None:
        """Let it be about this store, under its policies."""
        self.store = store
        self.choices, self.params = chosen(self.facts, store, self._defaults)

    @property
    def wants(self) -> dict[str, Value]:
        """All that was edited."""
        return {x.name: x.mine for x in self.fields}

    @property
    def survivor(self) -> StoreFacts | None:
        """The store this one lives on in, however many mergers later."""
        store, hops = self.store, 0
        while store is not None and store.status == "merged" and hops < 5:
            store, hops = self.facts.stores.get(store.merged_into or ""), hops + 1
        return None if store is None or store.status == "merged" else store


def _edited(edit: Edit, theirs: AtRest) -> list[WorkingField]:
    """The fields that were edited and are not so already, by name: how they were listed makes no
    difference."""
    rest = theirs.fields or {}
    found: list[WorkingField] = []
    for name in sorted(edit.mine):
        mine, now = edit.mine[name], rest.get(name)
        base = now if edit.base is None else edit.base.get(name)
        is_new = theirs.fields is None and not theirs.gone
        if not is_new and mine in (base, now) and (edit.base is not None or mine == now):
            continue
        found.append(WorkingField(name, mine, base, now, owner_of(edit.kind, name)))
    return found


def owner_of(kind: str, name: str) -> Owner:
    """Who owns a field; one of a part ("20041.facings") by what stands after the point."""
    field = OWNERS.get(kind, {}).get(name.rpartition(".")[2])
    return "rep" if field is None else field.owner
