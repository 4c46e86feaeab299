"""A pushed batch on its way: each change as read, when it was captured, and what it became."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from schemas.change import Change
from schemas.compiled import compiled
from schemas.ids import derived
from schemas.problem import PROBLEMS
from schemas.strict import ChangeRaw, hash_of
from schemas.versions import NEWEST, former_names, spoken, upcast
from schemas.wire import BODIES
from sync.decisions.shapes import Item
from sync.kinds import may_push
from sync.owners import faults_of

_CHANGE = compiled(Change)
_BODY = {key: compiled(schema) for key, schema in BODIES.items()}


@dataclass(slots=True)
class Told:
    """One thing to tell about a change; becomes a conflict row and part of the verdict."""

    id: str
    rule: str
    line: int | None
    yours: str | None
    now: str | None
    decision: str
    needs: str | None
    message: str
    arguments: dict[str, str | None]
    says: str
    proposed: str | None = None
    due_at: datetime | None = None
    private: bool = False
    item: Item = "notice"
    owner: str | None = None  # a role, or a person's code
    answers: tuple[str, ...] = ()  # what the office may answer, the proposed one first
    rep_answers: tuple[str, ...] = ()
    field: str | None = None
    base: str | None = None
    subject: str | None = None
    ask: dict[str, Any] | None = None  # what a change request would write


@dataclass(slots=True)
class Pushed:
    """One change of a batch. `change` and `body` are structs, or None if it could not be read."""

    raw: bytes
    hash: bytes
    id: str
    n: int | None
    change: Any = None
    body: Any = None
    fault: str | None = None  # why it could not be read, in words
    captured_at: datetime | None = None
    uncertain: bool = False
    waited: bool = False  # its receipt is there already, with outcome waiting
    cell: int = 0
    # what it became
    outcome: str = ""
    state: str | None = None
    refs: dict[str, str] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    says: str = ""
    keep_body: bool = False
    is_asked: bool = False  # kept whole, and asked of a delivery system, or of the office first
    receipt_id: str = ""
    stored: str | None = None  # a verdict given earlier
    again: bool = False  # given to another device, or number, of the same rep
    n_taken: bool = False  # its number belongs to another change: no receipt may have it twice

    @property
    def kind(self) -> str:
        return self.change.kind if self.change is not None else "unknown"

    @property
    def act(self) -> str:
        return self.change.act if self.change is not None else "unknown"

    @property
    def store(self) -> str | None:
        """The store it is about; that of a new or edited store is the store itself."""
        found: str | None = getattr(self.body, "store", None)
        return self.body.id if found is None and self.kind == "store" and self.body else found

    @property
    def subject(self) -> str | None:
        return f"{self.kind}/{self.body.id}" if self.body is not None else None


def read(raw: ChangeRaw, device: str) -> Pushed:
    """Read one change of a batch; what is wrong with it stands in `fault`."""
    change_id = raw.id or derived("unreadable", device, raw.hash.hex())
    pushed = Pushed(raw.raw, raw.hash, change_id, raw.n)
    pushed.receipt_id = change_id
    if raw.fault is not None:
        row = PROBLEMS[raw.fault]
        pushed.fault = f"{row.title} {row.remedy}"
        return pushed
    _decode(pushed)
    return pushed


def reread(raw: bytes, captured_at: datetime | None, uncertain: bool) -> Pushed:
    """Read a stored change again, whose turn has come."""
    change, _ = _CHANGE.accept(raw)
    body_hash = hash_of(msgspec.json.decode(change.body))
    pushed = Pushed(raw, body_hash, change.id, change.n, waited=True)
    pushed.receipt_id, pushed.captured_at, pushed.uncertain = change.id, captured_at, uncertain
    _decode(pushed)
    return pushed


def _decode(pushed: Pushed) -> None:
    change, errors = _CHANGE.accept(pushed.raw)
    if errors is not None:
        pushed.fault = _words(errors)
        return
    pushed.change = change
    if change.v > NEWEST:
        return
    if not may_push(change.kind, change.act):
        pushed.fault = f"A handheld cannot push {change.kind} {change.act}."
        return
    raw, unknown = _of_today(change)
    body, errors = _BODY[change.kind, change.act].accept(raw)
    if unknown:
        pushed.fault = "; ".join(unknown[:5])
    elif errors is not None:
        pushed.fault = _words([_in_its_words(change, one) for one in errors])
    elif (change.kind == "order" and change.act != "cancel"
          and len({line.n for line in body.lines}) < len(body.lines)):  # fmt: skip
        pushed.fault = "lines: two of them have the same n"
    elif faults := _faults_of_edit(change.kind, change.act, body):
        paths = (fault.partition(":") for fault in faults[:5])
        said = (spoken(change.kind, change.v, name) + colon + rest for name, colon, rest in paths)
        pushed.fault = "; ".join(said)
    else:
        pushed.body = body


def _of_today(change: Any) -> tuple[Any, list[str]]:
    """The body as the newest version has it, and what it names that its own version has not."""
    if not former_names(change.kind, change.v):
        return change.body, []
    made, unknown = upcast(change.kind, change.v, msgspec.json.decode(change.body))
    return msgspec.json.encode(made), unknown


def _in_its_words(change: Any, error: dict[str, str]) -> dict[str, str]:
    return error | {"path": spoken(change.kind, change.v, error["path"])}


def _faults_of_edit(kind: str, act: str, body: Any) -> list[str]:
    """What is wrong with the fields that an edit names."""
    if (kind, act) == ("card", "amend"):
        if len({line.product for line in body.lines}) < len(body.lines):
            return ["lines: two of them are of the same product"]
        return [one for line in body.lines for one in faults_of(kind, line.set)]
    if (kind, act) == ("store", "create") and (body.lat_deg is None) != (body.lon_deg is None):
        return ["lat_deg, lon_deg: give both or neither"]
    return faults_of(kind, body.set) if hasattr(body, "set") else []


def _words(errors: list[dict[str, str]]) -> str:
    return "; ".join(f"{one['path'] or 'the change'}: {one['says']}" for one in errors[:5])


def correct_clock(pushed: Pushed, clock: Any, received_at: datetime) -> None:
    """Work out when a change was captured, on the server's clock.

    Same boot: the monotonic counter says how long ago it was, whatever the wall clock did.
    Other boot: the wall clock plus the offset measured now, marked uncertain. Never in the future.
    """
    if pushed.captured_at is not None or pushed.change is None:
        return
    captured = pushed.change.captured
    ago_ms = clock.monotonic_ms - captured.monotonic_ms
    try:
        if captured.boot == clock.boot and ago_ms >= 0:
            at = received_at - timedelta(milliseconds=ago_ms)
        else:
            pushed.uncertain = True
            at = captured.wall + (received_at - clock.wall)
    except OverflowError:
        pushed.uncertain, at = True, received_at
    pushed.captured_at = min(at, received_at)
