"""SQL of plans: asked for, taken up by a planner, drawn up, published, taken back. Published stops
are `sync`'s rows: what is written here never travels to a handheld."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

Row = dict[str, Any]


def _rows(conn: Connection, sql: str, **figures: Any) -> list[Row]:
    return [dict(row) for row in conn.execute(text(sql), figures).mappings()]


def _done(conn: Connection, sql: str, **figures: Any) -> bool:
    return conn.execute(text(sql), figures).rowcount == 1


def tell(conn: Connection, channel: str, words: str) -> None:
    """Hint at something when this transaction commits, and only then."""
    conn.execute(text("SELECT pg_notify(:channel, :words)"), {"channel": channel, "words": words})


# --- asked for -----------------------------------------------------------------------------------


def zone_of(conn: Connection, company: str) -> str | None:
    found = _rows(conn, "SELECT zone FROM company WHERE id = cast(:id AS uuid)", id=company)
    return found[0]["zone"] if found else None


def reps_of(conn: Connection, company: str, codes: Sequence[str]) -> set[str]:
    """Those of the codes that are reps of the company."""
    found = _rows(
        conn,
        """SELECT code FROM app_user
            WHERE company = :company AND code = ANY(:codes) AND 'rep' = ANY(roles)""",
        company=company,
        codes=list(codes),
    )
    return {row["code"] for row in found}


def add_plan(conn: Connection, figures: Mapping[str, Any]) -> None:
    """A plan that is waited for, or drawn up here and now. figures: the columns; settings as a
    mapping."""
    conn.execute(
        text(
            """INSERT INTO plan (id, company, name, reps, first_day, weeks, state, settings, seed,
                   made_by, made_at, began_at)
               VALUES (:id, :company, :name, :reps, :first_day, :weeks, :state,
                   cast(:settings AS jsonb), :seed, :made_by, :made_at, :began_at)"""
        ),
        {**figures, "settings": json.dumps(figures["settings"])},
    )


def lock_plan(conn: Connection, company: str, plan: str) -> Row | None:
    """One plan, locked until the transaction ends."""
    found = _rows(
        conn,
        """SELECT id::text, name, reps, first_day, weeks, state, settings, result, undo
             FROM plan WHERE company = :company AND id = cast(:plan AS uuid) FOR UPDATE""",
        company=company,
        plan=plan,
    )
    return found[0] if found else None


def mark_to_stop(conn: Connection, plan: str) -> None:
    conn.execute(
        text("UPDATE plan SET is_to_stop = true WHERE id = cast(:plan AS uuid)"), {"plan": plan}
    )


def mark_cancelled(conn: Connection, plan: str, now: datetime) -> None:
    """Nobody wants the plan. What was drawn up stays, for who changes their mind."""
    conn.execute(
        text(
            """UPDATE plan SET state = 'cancelled', ended_at = coalesce(ended_at, :now),
                   lease_until = NULL WHERE id = cast(:plan AS uuid)"""
        ),
        {"plan": plan, "now": now},
    )


# --- taken up ------------------------------------------------------------------------------------

_ASK = """id::text, company::text, reps, first_day, weeks, settings, seed, attempt"""


def claim(conn: Connection, planner: str, lease_s: float, most: int) -> Row | None:
    """Take up the plan that waits longest, or one whose planner has died, but none a further time
    that had `most` planners; the columns of an ask and the number of this attempt. None: there is
    none."""
    found = _rows(
        conn,
        f"""UPDATE plan SET state = 'planning', attempt = attempt + 1, planner = :planner,
                  lease_until = clock_timestamp() + make_interval(secs => :lease_s),
                  began_at = clock_timestamp(), progress = '{{}}'
            WHERE id = (SELECT id FROM plan
                 WHERE state = 'waiting'
                    OR (state = 'planning' AND lease_until < clock_timestamp() AND attempt < :most)
                 ORDER BY made_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING {_ASK}""",  # noqa: S608 - the columns are ours
        planner=planner,
        lease_s=lease_s,
        most=most,
    )
    return found[0] if found else None


def taken(conn: Connection, plan: str, attempt: int) -> Row | None:
    """What is to be planned, as long as it is this attempt's."""
    found = _rows(
        conn,
        f"""SELECT {_ASK} FROM plan WHERE id = cast(:plan AS uuid)
               AND state = 'planning' AND attempt = :attempt""",  # noqa: S608 - the columns are ours
        plan=plan,
        attempt=attempt,
    )
    return found[0] if found else None


def beat(
    conn: Connection, plan: str, attempt: int, lease_s: float, progress: Mapping[str, Any]
) -> bool | None:
    """Say how far a plan is and hold on to it; whether it is to be stopped, None where it is not
    this attempt's any more."""
    found = _rows(
        conn,
        """UPDATE plan SET progress = cast(:progress AS jsonb),
               lease_until = clock_timestamp() + make_interval(secs => :lease_s)
            WHERE id = cast(:plan AS uuid) AND state = 'planning' AND attempt = :attempt
            RETURNING is_to_stop""",
        plan=plan,
        attempt=attempt,
        lease_s=lease_s,
        progress=json.dumps(progress),
    )
    return found[0]["is_to_stop"] if found else None


def give_back(conn: Connection, plan: str, attempt: int) -> bool:
    """Let somebody else take up a plan at once whose planner has ended without an answer."""
    return _done(
        conn,
        """UPDATE plan SET lease_until = '-infinity'
            WHERE id = cast(:plan AS uuid) AND state = 'planning' AND attempt = :attempt""",
        plan=plan,
        attempt=attempt,
    )


def fail(conn: Connection, plan: str, attempt: int, fault: str) -> bool:
    """A plan that cannot be drawn up; False where it is not this attempt's any more."""
    return _done(
        conn,
        """UPDATE plan SET state = 'failed', fault = :fault, ended_at = clock_timestamp(),
               lease_until = NULL
            WHERE id = cast(:plan AS uuid) AND state = 'planning' AND attempt = :attempt""",
        plan=plan,
        attempt=attempt,
        fault=fault,
    )


def fail_worn_out(conn: Connection, most: int, fault: str) -> list[str]:
    """Fail plans that ended every planner that took them up; the companies, once for each plan."""
    found = _rows(
        conn,
        """UPDATE plan SET state = 'failed', fault = :fault, ended_at = clock_timestamp(),
               lease_until = NULL
            WHERE state = 'planning' AND lease_until < clock_timestamp() AND attempt >= :most
            RETURNING company::text""",
        most=most,
        fault=fault,
    )
    return [row["company"] for row in found]


# --- drawn up ------------------------------------------------------------------------------------


def finish(conn: Connection, plan: str, attempt: int, figures: Mapping[str, Any]) -> bool:
    """A plan is drawn up; False where it is not this attempt's any more (it was cancelled, or
    another planner has it). figures: input_hash, distance_source, read, result, now."""
    said = {**figures, **{n: json.dumps(figures[n]) for n in ("read", "result")}}
    return _done(
        conn,
        """UPDATE plan SET state = 'ready', input_hash = :input_hash,
               distance_source = :distance_source, result = cast(:result AS jsonb),
               settings = settings || cast(:read AS jsonb), ended_at = :now, lease_until = NULL
            WHERE id = cast(:plan AS uuid) AND state = 'planning' AND attempt = :attempt""",
        plan=plan,
        attempt=attempt,
        **said,
    )


def add_visits(conn: Connection, plan: str, visits: Sequence[Mapping[str, Any]]) -> None:
    """Keep the visits of a plan, placed or not."""
    if visits:
        conn.execute(
            text(
                """INSERT INTO plan_visit (plan, id, rep, store, day, sequence,
                       arrives_minute, service_minutes, is_locked, stop, was_day, why)
                   VALUES (:plan, :id, :rep, :store, :day, :sequence, :arrives_minute,
                       :visit_minutes, :is_locked, :stop, :was_day, cast(:why AS jsonb))"""
            ),
            [{**one, "plan": plan, "why": json.dumps(one["why"])} for one in visits],
        )


# --- published and taken back --------------------------------------------------------------------


def last_published(conn: Connection, company: str, reps: Sequence[str]) -> str | None:
    """The plan published last, of these reps if any are named, that can still be taken back."""
    found = _rows(
        conn,
        """SELECT id::text FROM plan WHERE company = :company AND state = 'published'
              AND undo IS NOT NULL AND (:all OR reps && cast(:reps AS text[]))
            ORDER BY published_at DESC LIMIT 1""",
        company=company,
        reps=list(reps),
        all=not reps,
    )
    return found[0]["id"] if found else None


def take_turns(conn: Connection, company: str) -> None:
    """Wait until nobody else publishes in this company, and be it until the transaction ends: two
    plans of one rep at once would each find the weeks empty, and both fill them."""
    conn.execute(
        text("SELECT pg_advisory_xact_lock(hashtext('talaria publishing'), hashtext(:company))"),
        {"company": company},
    )


def placed(conn: Connection, plan: str, rep: str) -> list[Row]:
    """The visits of a plan that have a day, in order: what publishing makes stops of. `is_there`:
    False for a store that was closed or merged since the plan was drawn up."""
    return _rows(
        conn,
        """SELECT v.stop::text, v.store::text, v.day, v.sequence, v.is_locked,
                  EXISTS (SELECT FROM cell c JOIN store s ON s.cell = c.cell AND s.id = v.store
                           WHERE c.company = p.company
                             AND s.status NOT IN ('closed', 'merged')) AS is_there
             FROM plan p JOIN plan_visit v ON v.plan = p.id
            WHERE p.id = cast(:plan AS uuid) AND v.rep = :rep AND v.day IS NOT NULL
            ORDER BY v.day, v.sequence, v.id""",
        plan=plan,
        rep=rep,
    )


def visits_of_draft(conn: Connection, company: str, plan: str, rep: str) -> list[Row]:
    """The visits of a rep that have a day in a plan, as another one starts from them."""
    return _rows(
        conn,
        """SELECT v.store::text, v.day, v.sequence, v.is_locked, v.stop::text
             FROM plan p JOIN plan_visit v ON v.plan = p.id
            WHERE p.company = :company AND p.id = cast(:plan AS uuid) AND v.rep = :rep
              AND v.day IS NOT NULL ORDER BY v.day, v.sequence, v.id""",
        company=company,
        plan=plan,
        rep=rep,
    )


def mark_published(
    conn: Connection, plan: str, by: str, now: datetime, undo: Sequence[Mapping[str, Any]]
) -> None:
    conn.execute(
        text(
            """UPDATE plan SET state = 'published', published_at = :now, published_by = :by,
                   undo = cast(:undo AS jsonb) WHERE id = cast(:plan AS uuid)"""
        ),
        {"plan": plan, "by": by, "now": now, "undo": json.dumps(list(undo), default=str)},
    )


def mark_undone(conn: Connection, plan: str, now: datetime) -> None:
    conn.execute(
        text(
            """UPDATE plan SET state = 'undone', undone_at = :now, undo = NULL
                WHERE id = cast(:plan AS uuid)"""
        ),
        {"plan": plan, "now": now},
    )
