"""All SQL of the processes: the lease and its fence, runs of jobs, what is old enough to go."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from sync.facts import Policy
from sync.queries.driver import execute

# --- the lease -----------------------------------------------------------------------------------


def take_lease(conn: Connection, name: str, holder: str, ttl_s: float) -> int | None:
    """Take a lease nobody holds (any more); return its token, or None when somebody does.

    The token rises at every change of hands and never falls. The database's clock decides.
    """
    row = execute(
        conn,
        """INSERT INTO lease (name, holder, token, until)
           VALUES (%(name)s, %(holder)s, 1,
                   clock_timestamp() + make_interval(secs => %(ttl_s)s))
           ON CONFLICT (name) DO UPDATE
               SET holder = excluded.holder, token = lease.token + 1, until = excluded.until
               WHERE lease.until < clock_timestamp()
           RETURNING token""",
        {"name": name, "holder": holder, "ttl_s": ttl_s},
    ).fetchone()
    return None if row is None else int(row[0])


def renew_lease(conn: Connection, name: str, token: int, ttl_s: float) -> bool:
    """Hold on to a lease for `ttl_s` more; False when it is somebody else's by now."""
    done = execute(
        conn,
        """UPDATE lease SET until = clock_timestamp() + make_interval(secs => %s)
           WHERE name = %s AND token = %s""",
        [ttl_s, name, token],
    )
    return done.rowcount == 1


def leave_lease(conn: Connection, name: str, token: int) -> None:
    """Let go of a lease, if it is still ours, so that the next holder need not wait."""
    execute(
        conn,
        "UPDATE lease SET until = clock_timestamp() WHERE name = %s AND token = %s",
        [name, token],
    )


def holds_lease(conn: Connection, name: str, token: int, *, until_commit: bool = False) -> bool:
    """Whether the token is still the lease's; with `until_commit` it then stays so until commit."""
    lock = " FOR SHARE" if until_commit else ""
    row = execute(
        conn,
        f"SELECT 1 FROM lease WHERE name = %s AND token = %s{lock}",  # noqa: S608 - a constant
        [name, token],
    ).fetchone()
    return row is not None


# --- runs of jobs --------------------------------------------------------------------------------


def begin_run(conn: Connection, job: str, period: str, token: int) -> bool:
    """Claim a job's run of one period; False when it was done, or is being done, elsewhere."""
    done = execute(
        conn,
        """INSERT INTO job_run (job, period, token, began_at)
           VALUES (%s, %s, %s, clock_timestamp()) ON CONFLICT DO NOTHING""",
        [job, period, token],
    )
    return done.rowcount == 1


def end_run(conn: Connection, job: str, period: str, outcome: str) -> None:
    execute(
        conn,
        """UPDATE job_run SET ended_at = clock_timestamp(), outcome = %s
           WHERE job = %s AND period = %s""",
        [outcome, job, period],
    )


# --- what is old enough to go --------------------------------------------------------------------

OLD = (
    # A pull that was cut half way is begun anew after a day.
    ("cursor pages", "DELETE FROM cursor WHERE page IS NOT NULL AND made_at < %s", 1),
    # First the cursors that may not have seen a removal, then the removals (see `forget`).
    ("cursors", "DELETE FROM cursor WHERE made_at < %s", 180),
    (
        "removals",
        "DELETE FROM entry WHERE act IN ('gone', 'revoked') AND at < %s",
        182,
    ),
    ("rate limits", "DELETE FROM rate_bucket WHERE at < %s", 2),
    (
        "plans nobody works by",
        """DELETE FROM plan WHERE state IN ('ready', 'undone', 'cancelled', 'failed')
            AND made_at < %s""",
        180,
    ),
    ("enrolment codes", "DELETE FROM enrolment WHERE expires_at < %s", 90),
    ("runs of jobs", "DELETE FROM job_run WHERE began_at < %s", 400),
)
"""What, how it goes, and after how many days."""


def forget(conn: Connection, statement: str, before: datetime) -> int:
    """Delete what is older; return how many rows.

    A removal may only go when no living cursor could have missed it: cursors are removed two days
    earlier, in the same transaction. A handheld that comes back with one of them is told to
    verify, which finds what went while it was away.
    """
    return execute(conn, statement, [before]).rowcount


def mark_stale(conn: Connection, before: datetime) -> int:
    """Handhelds that were not heard of since `before` become stale; return how many."""
    return execute(
        conn,
        """UPDATE device SET state = 'stale' WHERE state = 'active'
             AND greatest(last_push_at, last_pull_at, enrolled_at) < %s""",
        [before],
    ).rowcount


def revoke_left(conn: Connection) -> list[tuple[int, str]]:
    """Revoke handhelds of reps who left, once a pull since then told of an empty outbox; return
    (cell, handheld)."""
    return execute(
        conn,
        """UPDATE device d SET state = 'revoked' FROM app_user u
           WHERE u.company = d.company AND u.code = d.rep AND u.state = 'left'
             AND d.state NOT IN ('revoked', 'wiped') AND d.queue_depth = 0
             AND d.last_pull_at > coalesce((
                 SELECT max(g.valid_to) FROM scope_grant g WHERE g.cell = d.cell
                   AND g.rep = d.rep AND g.told_end), '-infinity')
           RETURNING d.cell, d.id""",
    ).fetchall()


# --- how far the database has come ---------------------------------------------------------------


def high_water(conn: Connection) -> dict[str, Any]:
    """The incarnation, the server it lives on, and the head of every feed; also which numbers of
    handhelds were given and which handhelds are revoked, which a backup may not know any more.

    The timeline is asked of the write-ahead log: the control file learns of a promotion only at
    the checkpoint after it.
    """
    epoch = execute(conn, "SELECT epoch FROM incarnation").fetchone()
    system = execute(
        conn,
        """SELECT s.system_identifier::text, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
           FROM pg_control_system() s""",
    ).fetchone()
    feeds = execute(conn, "SELECT cell::text, pos FROM feed ORDER BY cell").fetchall()
    numbers = execute(conn, "SELECT id::text, last_device_no FROM company ORDER BY id").fetchall()
    revoked = execute(
        conn, "SELECT id FROM device WHERE state IN ('revoked', 'wiped') ORDER BY id"
    ).fetchall()
    return {
        "epoch": epoch[0] if epoch else None,
        "system": system[0] if system else None,
        "timeline": int(system[1], 16) if system else None,
        "feeds": dict(feeds),
        "device_nos": dict(numbers),
        "revoked": [row[0] for row in revoked],
    }


# --- what the rules are told ---------------------------------------------------------------------


def policies(conn: Connection) -> dict[str, list[Policy]]:
    """Every company's policies, by its code."""
    found: dict[str, list[Policy]] = {}
    for company, *row in execute(
        conn,
        """SELECT c.code, p.rule, p.choice, p.params, p.banner, p.store::text FROM policy p
           JOIN cell k ON k.cell = p.cell JOIN company c ON c.id = k.company
           ORDER BY c.code, p.rule""",
    ).fetchall():
        rule, choice, params, banner, store = row
        found.setdefault(company, []).append(Policy(rule, choice, params or {}, banner, store))
    return found
