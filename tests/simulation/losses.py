"""The server's database becomes an older one; and a quarter of a year passes without network.

A copy of the database is PostgreSQL's own: made in a fraction of a second while nobody is
connected. Putting it back is what `talaria restore` does and says; or, unnoticed, it says nothing,
and only the handhelds can tell.
"""

from psycopg import sql
from sqlalchemy import make_url

from server.access.epochs import begin_after_loss
from server.running.queries import high_water
from sync.known import Known
from tests.auditor import Auditor
from tests.databases import admin
from tests.simulation import desk
from tests.simulation.world import Simulation

QUARTER_S = 91 * 86_400.0
CHANGES_BETWEEN = 6_000
"""It is a rare thing, and afterwards every handheld compares its whole copy."""
_GONE = "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = %s"
"""Whoever was let go has left: a busy machine takes its time."""
_HEAR_US = "ALTER DATABASE {} SET search_path = sim, pg_catalog, public"


def keep(sim: Simulation) -> int:
    """The nightly backup; nothing goes wrong yet."""
    if sim.server is None:
        return 0
    name = _name(sim)
    copy = f"{name}_kept"
    sim.engine.dispose()
    with admin(sim.server) as raw:
        raw.execute(_GONE, (name,))
        for words in (
            "DROP DATABASE IF EXISTS {copy} WITH (FORCE)",
            "CREATE DATABASE {copy} OWNER talaria_owner TEMPLATE {name} STRATEGY file_copy",
        ):
            raw.execute(
                sql.SQL(words).format(copy=sql.Identifier(copy), name=sql.Identifier(name))  # type: ignore[arg-type]
            )
        raw.execute(sql.SQL(_HEAR_US).format(sql.Identifier(copy)))
    sim.kept = copy
    sim.note("office", act="backup", about=None)
    return 0


def restored(sim: Simulation) -> int:
    """Yesterday's backup is put back, as the manual says."""
    return _put_back(sim, "server_restored")


def rewound(sim: Simulation) -> int:
    """An older image of the database is put back, and nobody says so."""
    return _put_back(sim, "server_rewound")


def _put_back(sim: Simulation, how: str) -> int:
    if sim.server is None or sim.kept is None:
        return 0
    if sim.history.faults[how] * CHANGES_BETWEEN > sim.history.counts["captured"]:
        return 0
    name, copy = _name(sim), sim.kept
    with sim.world.begin() as conn:
        mark = high_water(conn)
    sim.engine.dispose()
    with admin(sim.server) as raw:
        for words in (
            "DROP DATABASE {name} WITH (FORCE)", "ALTER DATABASE {copy} RENAME TO {name}"
        ):  # fmt: skip
            raw.execute(
                sql.SQL(words).format(copy=sql.Identifier(copy), name=sql.Identifier(name))  # type: ignore[arg-type]
            )
    sim.kept = None
    sim.started = sim.time.now
    sim.app.extensions["known"] = Known()  # its processes are new ones
    sim.fault(how)
    sim.note("epoch", why=how)
    if how == "server_restored":
        with sim.world.begin() as conn:
            begin_after_loss(conn, "restored from a backup", sim.time.now, mark, reason="restored")
    sim.auditor = Auditor(sim.world)
    return 0


def drop_kept(sim: Simulation) -> None:
    """Leave nothing behind on a server that others use, too."""
    if sim.server is not None and sim.kept is not None:
        with admin(sim.server) as raw:
            words = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            raw.execute(words.format(sql.Identifier(sim.kept)))
        sim.kept = None


def _name(sim: Simulation) -> str:
    return str(make_url(sim.addresses[0]).database)


def quarter(sim: Simulation) -> int:
    """A quarter of a year passes in which some handhelds have no network; once in a run."""
    if sim.history.faults["quarter"]:
        return 0
    drop_kept(sim)  # handhelds keep answered work for 90 days: no backup may be older
    away = sim.luck.sample(sim.phones, max(1, len(sim.phones) // 3))
    for phone in sim.phones:
        if phone not in away:
            sim.sync(phone)
    for phone in away:
        sim.fault("quarter", phone)
    sim.time.pass_s(QUARTER_S)
    desk.run_jobs(sim)
    sim.network.late_arrivals()
    return 0
