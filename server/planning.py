"""Plans of visit routes: asked for, kept, published and taken back, cancelled.

`routes` plans and `sync` moves stops; neither knows the other. Here the one's answer becomes the
other's rows. The office only asks (`request`): a planner of the worker's takes the plan up
(running/planner.py), says how far it is, and keeps what it has drawn up (drawing.py). Planning
itself holds no transaction: twenty seconds are long for a lock.

    waiting -> planning -> ready -> published -> undone
                  `-> failed (`fault` says what to do)      any of the first three -> cancelled

Open pages hear `plans <company>` on the channel of hints when a plan of theirs has changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from routes import queries_plans as plans
from routes.cycle import Cycle, Visit
from routes.kernel.choice import kind
from routes.replan import STABILITY_MIN
from schemas.ids import uuid7
from sync.desk.edits import Hand, Refused
from sync.desk.plans import Published, Span, Wanted, publish_plan, take_back
from sync.feed import Entry, publish

MOST_WEEKS = 8
MOST_REPS = 100
MOST_SECONDS = 600.0
SAID = ("seconds", "steps", "stability_min")
"""What is said of the planning itself, beside whom and when it is for."""
TO_PLANNERS = "plan"
"""The hint that there is something for a planner to take up, or to end."""


@dataclass(frozen=True)
class Ask:
    """What is to be planned. `steps` instead of `seconds`: the same plan on every machine. `base`:
    the draft whose days planning starts from and whose locked visits stay, in place of what is
    published."""

    company: str
    reps: tuple[str, ...]
    first_day: date
    weeks: int = 4
    seconds: float = 20.0
    steps: int | None = None
    seed: int = 1
    stability_min: float = STABILITY_MIN
    base: str | None = None


def refusal(ask: Ask, today: date) -> str | None:
    """Why a cycle cannot be planned, or None."""
    if not ask.reps:
        return "Name at least one rep."
    if len(ask.reps) > MOST_REPS:
        return f"Plan at most {MOST_REPS} reps at once."
    if ask.first_day.weekday() != 0:
        return f"A cycle begins on a Monday; {ask.first_day} is none."
    if ask.first_day <= today:
        return "A cycle begins after today: days that have begun are the rep's."
    if not 1 <= ask.weeks <= MOST_WEEKS:
        return f"Plan 1 to {MOST_WEEKS} weeks at once."
    if ask.steps is None and not 0 < ask.seconds <= MOST_SECONDS:
        return f"Think for up to {MOST_SECONDS:.0f} seconds about each rep."
    return None


# --- asked for -----------------------------------------------------------------------------------


def request(conn: Connection, ask: Ask, by: str, now: datetime, channel: str) -> str:
    """Have a plan drawn up; its id. A planner wakes when this transaction commits.

    `channel`: of the hints between processes (settings.hint_channel). Raises Refused, whose words
    say what to do.
    """
    zone = plans.zone_of(conn, ask.company)
    no = refusal(ask, now.astimezone(ZoneInfo(zone or "UTC")).date())
    unknown = sorted(set(ask.reps) - plans.reps_of(conn, ask.company, ask.reps))
    if no or unknown:
        raise Refused(no or f"There is no rep {unknown[0]!r}.")
    key = _add(conn, ask, by, now, "waiting")
    _hint(conn, ask.company, channel)
    return key


def stop(conn: Connection, company: str, plan: str, channel: str) -> None:
    """End the planning of a plan and keep the best so far. Raises LookupError, and Refused where
    nothing is being drawn up."""
    row = _locked(conn, company, plan)
    if row["state"] not in ("waiting", "planning"):
        raise Refused(f"this plan is {row['state']}: nothing is being drawn up any more")
    plans.mark_to_stop(conn, plan)
    _hint(conn, company, channel)


def cancel(conn: Connection, company: str, plan: str, now: datetime, channel: str) -> None:
    """Nobody wants this plan: end planning it, or throw away what was drawn up. Raises LookupError,
    and Refused for one that was published: that is taken back instead."""
    row = _locked(conn, company, plan)
    if row["state"] not in ("waiting", "planning", "ready", "failed"):
        raise Refused(f"this plan is {row['state']}: only one nobody works by can be thrown away")
    plans.mark_cancelled(conn, plan, now)
    _hint(conn, company, channel)


def _hint(conn: Connection, company: str, channel: str) -> None:
    plans.tell(conn, channel, TO_PLANNERS)
    plans.tell(conn, channel, changed(company))


def changed(company: str) -> str:
    """The hint to open pages that a plan of the company has changed."""
    return f"plans {company}"


def _add(conn: Connection, ask: Ask, by: str, now: datetime, state: str) -> str:
    key, said = uuid7(), asdict(ask)
    plans.add_plan(
        conn,
        {
            "id": key,
            "company": ask.company,
            "name": _name(ask),
            "reps": list(ask.reps),
            "first_day": ask.first_day,
            "weeks": ask.weeks,
            "state": state,
            "settings": {name: said[name] for name in (*SAID, *(["base"] if ask.base else []))},
            "seed": ask.seed,
            "made_by": by,
            "made_at": now,
            "began_at": None if state == "waiting" else now,
        },
    )
    return key


def _name(ask: Ask) -> str:
    some = ", ".join(ask.reps[:3]) + (f" and {len(ask.reps) - 3} more" if ask.reps[3:] else "")
    return f"{some} from {ask.first_day}"


# --- drawn up ------------------------------------------------------------------------------------


def keep(
    conn: Connection, ask: Ask, cycles: Sequence[Cycle], by: str, began: datetime, now: datetime
) -> str:
    """Keep a plan that was drawn up here; its id. Handhelds learn nothing of it yet."""
    key = _add(conn, ask, by, began, "planning")
    finish(conn, key, 0, cycles, now)
    return key


def finish(
    conn: Connection, plan: str, attempt: int, cycles: Sequence[Cycle], now: datetime
) -> bool:
    """Keep what a planner has drawn up; False, and nothing is kept, where the plan is not this
    attempt's any more."""
    figures = {
        "input_hash": " ".join(cycle.task.input_hash for cycle in cycles),
        "distance_source": cycles[0].task.territory.line_from,
        "read": {"kernel": kind().split(":")[0], "read": _read(cycles)},
        "result": {cycle.task.territory.rep: _result(cycle) for cycle in cycles},
        "now": now,
    }
    ours = plans.finish(conn, plan, attempt, figures)
    if ours:
        plans.add_visits(conn, plan, [_row(visit) for cycle in cycles for visit in cycle.visits])
    return ours


def _read(cycles: Sequence[Cycle]) -> dict[str, Any]:
    return {
        cycle.task.territory.rep: {
            "cell": cycle.task.territory.cell,
            "stops": {stop.id: stop.version for stop in cycle.task.territory.stops},
        }
        for cycle in cycles
    }


def _result(cycle: Cycle) -> dict[str, Any]:
    told = {name: list(codes) for name, codes in cycle.task.told.items()}
    return {**asdict(cycle.sums), "moves": len(cycle.moves), "told": told}


def _row(visit: Visit) -> dict[str, Any]:
    return {**asdict(visit), "id": uuid7()}


# --- published, taken back -----------------------------------------------------------------------


def publish_kept(conn: Connection, company: str, plan: str, hand: Hand) -> dict[str, Published]:
    """Make a kept plan the reps' own, by rep. Raises LookupError, and Refused where it was
    published or taken back before."""
    plans.take_turns(conn, company)
    row = _locked(conn, company, plan)
    if row["state"] != "ready":
        raise Refused(f"this plan is {row['state']}: only one that is ready can be published")
    zone = ZoneInfo(plans.zone_of(conn, company) or "UTC")
    if row["first_day"] <= hand.now.astimezone(zone).date():
        raise Refused("this plan has begun already, and days that have begun are the rep's: plan"
                      " from next Monday")  # fmt: skip
    done: dict[str, Published] = {}
    entries: dict[int, list[Entry]] = {}
    last = row["first_day"] + timedelta(days=7 * row["weeks"] - 1)
    for rep, read in sorted(row["settings"]["read"].items()):
        span = Span(rep, row["first_day"], last, read["stops"])
        visits = plans.placed(conn, plan, rep)
        wanted = [Wanted(**visit) for visit in visits if visit.pop("is_there")]
        done[rep] = publish_plan(conn, read["cell"], span, wanted, plan, hand)
        done[rep].gave_way += len(visits) - len(wanted)
        entries.setdefault(read["cell"], []).extend(done[rep].entries)
    undo = [one.undo for one in done.values()]
    plans.mark_published(conn, plan, hand.by, hand.now, undo)
    _tell(conn, entries)
    return done


def undo_published(conn: Connection, company: str, plan: str, hand: Hand) -> dict[str, Published]:
    """Take a published plan back, by rep: what people changed since stays. Raises LookupError, and
    Refused where it is not published."""
    row = _locked(conn, company, plan)
    if row["state"] != "published" or row["undo"] is None:
        raise Refused(f"this plan is {row['state']}: only one that is published can be taken back")
    done: dict[str, Published] = {}
    entries: dict[int, list[Entry]] = {}
    for undo in row["undo"]:
        done[undo["rep"]] = take_back(conn, undo, plan, hand)
        entries.setdefault(undo["cell"], []).extend(done[undo["rep"]].entries)
    plans.mark_undone(conn, plan, hand.now)
    _tell(conn, entries)
    return done


def _locked(conn: Connection, company: str, plan: str) -> dict[str, Any]:
    row = plans.lock_plan(conn, company, plan)
    if row is None:
        raise LookupError("There is no such plan.")
    return row


def _tell(conn: Connection, entries: Mapping[int, Sequence[Entry]]) -> None:
    """Last in its transaction, cells in order: feeds' counters are taken late, never crosswise."""
    for cell in sorted(entries):
        publish(conn, cell, entries[cell])
