"""The talk that compares the copy with the server's rows and repairs what is wrong, and when.

Like every talk (device.py) it does no input or output. It goes down only where sums differ: all of
it, scopes, sixteenths of a scope, until a slice is small enough to name its rows. What is learned
is kept apart and put in at the end, all at once, so that a rep never looks at half of a repair.

Without a cursor it takes the place of a whole new copy: what still is as the server has it stays,
what differs is fetched, the rest goes, and the copy stands at a new cursor.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

import msgspec

from handhelds.reference.answers import Call, Ending, Reply, Rows, VerifyAnswer, judge, read
from handhelds.reference.clock import instant, moment
from schemas.verify import MOST_SLICES
from schemas.versions import NEWEST
from sync.terms.digest import DEEPEST, DIGITS, NOTHING, Digest, read_digest

PROGRAM = "reference 0.1"
EXPECTED = ("cursor", "upgrade")
"""Reasons after which rows may differ and nobody is at fault."""
SMALL = 24
"""A slice is laid open when the handheld holds no more rows of it than this."""
MOST_TO_SEND = 1_000
"""... and the server not so many that an answer would grow too large."""
MOSTLY = 12
"""Of sixteen parts so many that differ say that nearly everything does."""
MOST_PASSES = 3
NIGHT_HOUR, NIGHT_HOURS = 1, 4
CATCH_UP_HOURS = 8
"""Who sleeps at night verifies within so many hours of the day, not all at eight o'clock."""

Slice = tuple[str, str]  # (scope, digits)
Key = tuple[str, str]
Talk = Generator[Call, Reply | None, Ending]
Step = Generator[Call, Reply | None, VerifyAnswer | Ending]


class Checker(Protocol):
    """What a talk needs of the copy; queries_verify.Checked."""

    def has_rows(self) -> bool: ...
    def digests(self, leave_out: frozenset[Key]) -> dict[str, Digest]: ...
    def sixteen(
        self, slices: Sequence[Slice], leave_out: frozenset[Key]
    ) -> dict[Slice, list[Digest]]: ...
    def rows_in(
        self, slices: Sequence[Slice], leave_out: frozenset[Key]
    ) -> dict[Slice, list[Any]]: ...
    def repair(
        self,
        rows: dict[str, Rows],
        gone: dict[str, list[str]],
        dropped: list[str],
        cursor: str | None,
    ) -> dict[str, int]: ...
    def said(self, name: str) -> Any: ...
    def keep(self, **values: Any) -> None: ...
    def keep_result(self, why: str, rows: int, repaired: dict[str, int], program: str) -> None: ...
    def lose(self) -> None: ...


class Verifier(Protocol):
    """What a talk needs remembered; local.py is one."""

    @property
    def checked(self) -> Checker: ...
    def identity(self) -> Any: ...
    def position(self) -> Any: ...


class Part(NamedTuple):
    """A slice whose sums differ: what this side holds of it, and what the server does."""

    scope: str
    at: str
    mine: Digest
    theirs: Digest
    is_other: bool = False  # nearly all of what it lies in differs, as after a long time

    def is_small(self) -> bool:
        """Whether it is laid open, its rows named one by one."""
        few = self.mine.rows <= (SMALL if self.theirs.rows else MOST_TO_SEND)
        return (few and self.theirs.rows <= MOST_TO_SEND) or len(self.at) == DEEPEST

    def is_replaced(self) -> bool:
        """Whether to fetch all of it: naming rows would only be added to sending them."""
        return self.is_other and self.theirs.rows <= MOST_TO_SEND


@dataclass
class Found:
    """What a pass has learned so far."""

    leave_out: frozenset[Key] = frozenset()
    rows: dict[str, Rows] = field(default_factory=dict)
    gone: dict[str, list[str]] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    compared: int = 0

    def take(self, answer: VerifyAnswer) -> None:
        self.leave_out |= {(kind, id) for kind, ids in answer.news.items() for id in ids}
        for kind, part in answer.rows.items():
            if kind in self.rows and self.rows[kind].columns == part.columns:
                self.rows[kind].data.extend(part.data)
            else:
                self.rows[kind] = part
        for kind, ids in answer.gone.items():
            self.gone.setdefault(kind, []).extend(ids)

    def let_go(self, rows: Sequence[Any]) -> None:
        """These rows go, unless they are among those sent."""
        for row in rows:
            self.gone.setdefault(row.kind, []).append(row.id)

    def is_something(self) -> bool:
        return bool(self.rows or self.gone or self.dropped)


def verify(keeper: Verifier, new_id: Any, why: str) -> Talk:
    """Compare, repair, and compare again until both sides are the same.

    Ends `done` (with `compared` and `repaired`), `behind` when news must be pulled first, or as
    any talk; `verify` when three passes did not help and the copy was given up for a new one.
    """
    identity, checked = keeper.identity(), keeper.checked
    if identity is None:
        return Ending("enrol")
    if checked.said("run") is None or checked.said("due") != why:
        checked.keep(run=new_id(), due=why)
    repaired: dict[str, int] = {}
    for _ in range(MOST_PASSES):
        cursor = keeper.position().cursor
        ask = _asking(identity, cursor, checked.said("run"), why)
        found = Found()
        trouble = yield from _pass(checked, ask, found, is_new=cursor is None)
        if trouble is not None:
            return trouble
        if not found.is_something() and ask["cursor"] == cursor:
            checked.keep_result(why, found.compared, repaired, program())
            return Ending("done", compared=found.compared, repaired=sum(repaired.values()))
        put = checked.repair(found.rows, found.gone, found.dropped, ask["cursor"])
        repaired = {kind: repaired.get(kind, 0) + put.get(kind, 0) for kind in repaired | put}
    checked.lose()
    return Ending("verify", "the copy could not be repaired and is fetched anew")


def _asking(identity: Any, cursor: str | None, run: str, why: str) -> dict[str, Any]:
    return {
        "device": identity.device,
        "install": identity.install,
        "epoch": identity.epoch if cursor is not None else None,
        "cursor": cursor,
        "schema": NEWEST,
        "run": run,
        "why": why,
        "secret": identity.secret,
    }


def _asked(saying: dict[str, Any], **more: Any) -> Step:
    """One call; its answer, or the ending it puts us in."""
    body = {name: value for name, value in saying.items() if name != "secret"} | more
    reply = yield Call("POST", "/sync/v1/verify", msgspec.json.encode(body), saying["secret"])
    trouble = judge(reply)
    if trouble is not None:
        return trouble
    answer = read(reply, VerifyAnswer)
    if answer is None or not answer.is_whole():
        return Ending("cut", "the answer could not be read")
    if answer.behind:
        return Ending("behind")
    saying["cursor"] = answer.cursor
    return answer


def _pass(
    checked: Checker, ask: dict[str, Any], found: Found, *, is_new: bool
) -> Generator[Call, Reply | None, Ending | None]:
    """Learn everything that differs; None when all was learned."""
    mine = checked.digests(frozenset())
    whole = sum(mine.values(), start=NOTHING)
    answer = yield from _asked(ask, digest=None if is_new else whole.spelled())
    if isinstance(answer, Ending):
        return answer
    found.take(answer)
    if answer.equal:
        found.compared = whole.rows
        return None
    if found.leave_out:
        mine = checked.digests(found.leave_out)
    theirs = {scope: read_digest(text) for scope, text in answer.scopes.items()}
    found.compared = sum(one.rows for one in theirs.values())
    if is_new:
        found.dropped = sorted(mine.keys() - theirs.keys())
    parts = [
        Part(scope, "", mine.get(scope, NOTHING), theirs.get(scope, NOTHING))
        for scope in sorted((mine.keys() | theirs.keys()) - set(found.dropped))
    ]
    unlike = [part for part in parts if part.mine != part.theirs]
    return (yield from _go_down(checked, ask, found, unlike, is_new=is_new))


def _go_down(
    checked: Checker, ask: dict[str, Any], found: Found, parts: list[Part], *, is_new: bool
) -> Generator[Call, Reply | None, Ending | None]:
    """Sixteen ways down where sums differ; rows where a slice is small."""
    while parts:
        turn, parts = parts[:MOST_SLICES], parts[MOST_SLICES:]
        small = [p for p in turn if p.is_small() or p.is_replaced()]
        large = [p for p in turn if p not in small]
        held = checked.rows_in([(p.scope, p.at) for p in small], found.leave_out)
        answer = yield from _asked(
            ask,
            ask=[{"scope": p.scope, "at": p.at} for p in large],
            have=[_laid(p, held[p.scope, p.at]) for p in small],
        )
        if isinstance(answer, Ending):
            return answer
        if len(answer.slices) != len(large) or (small and not answer.answered):
            return Ending("cut", "the answer is not to what was asked")
        found.take(answer)
        for part in small[: answer.answered]:
            if part.is_replaced():  # what is sent all the same stays, see `repair`
                found.let_go(held[part.scope, part.at])
        parts = small[answer.answered :] + parts
        mine = checked.sixteen([(p.scope, p.at) for p in large], found.leave_out)
        for part, told in zip(large, answer.slices, strict=True):
            parts += _unlike(part, mine[part.scope, part.at], told, is_new=is_new)
    return None


def _unlike(part: Part, mine: Sequence[Digest], told: Sequence[str], *, is_new: bool) -> list[Part]:
    """The sixteenths of a slice that differ."""
    pairs = zip(DIGITS, mine, map(read_digest, told), strict=True)
    unlike = [(digit, one, other) for digit, one, other in pairs if one != other]
    is_other = is_new and len(unlike) >= MOSTLY
    return [Part(part.scope, part.at + digit, one, other, is_other) for digit, one, other in unlike]


def _laid(part: Part, rows: Sequence[Any]) -> dict[str, Any]:
    """A slice laid open: the version and hash of each row."""
    if part.is_replaced():
        return {"scope": part.scope, "at": part.at, "rows": None}
    held: dict[str, dict[str, str]] = {}
    for row in rows:
        held.setdefault(row.kind, {})[row.id] = f"{row.version}:{row.hash:016x}"
    return {"scope": part.scope, "at": part.at, "rows": held}


def told(result: dict[str, Any]) -> str:
    """What a verification found, in a sentence. result: as `keep_result` keeps it."""
    rows, repaired = result["rows"], result["repaired"]
    begun = "Your copy was compared with the server's"
    wrong = sum(repaired.values())
    if not wrong:
        return f"{begun}: all {rows:,} rows are the same."
    which = ", ".join(f"{n:,} {kind.replace('_', ' ')}" for kind, n in sorted(repaired.items()))
    if result["why"] in EXPECTED:
        return f"{begun}: {wrong:,} of {rows:,} rows had changed and were fetched ({which})."
    was = "row was wrong and is" if wrong == 1 else "rows were wrong and are"
    return f"{begun}: {wrong:,} {was} repaired ({which}), of {rows:,}. The office is told."


# --- when ----------------------------------------------------------------------------------------


def due(checked: Checker, now: datetime, zone: str, install: str) -> str | None:
    """Why the copy is to be verified now; None when it is not. A run that was cut is."""
    noted = checked.said("due")
    if noted is not None:
        return str(noted)
    last = checked.said("at")
    if last is None:
        checked.keep(at=instant(now), program=program())
        return None
    if checked.said("program") != program():
        return "upgrade"
    return "nightly" if is_due(now, moment(last), zone, install) else None


def program() -> str:
    """This program and the version of rows it carries: another one compares the copy at once."""
    return f"{PROGRAM}, rows of version {NEWEST}"


def is_due(now: datetime, last: datetime, zone: str, install: str) -> bool:
    """Whether the night's verification is due: in the night from this handheld's own minute on,
    else (it was off) some hours into the day.

    now, last: aware. last: the last verification, or the whole copy that was fetched.
    """
    here = now.astimezone(ZoneInfo(zone))
    chance = int.from_bytes(blake2b(install.encode(), digest_size=4).digest(), "big") / 2**32
    night = here.replace(hour=NIGHT_HOUR, minute=0, second=0, microsecond=0)
    moment = night + timedelta(hours=chance * NIGHT_HOURS)
    if moment > here:
        night, moment = night - timedelta(days=1), moment - timedelta(days=1)
    if last >= moment:
        return False
    is_night = here < night + timedelta(hours=NIGHT_HOURS)
    return is_night or here >= moment + timedelta(hours=chance * CATCH_UP_HOURS)
