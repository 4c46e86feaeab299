"""After a power cut: start the handheld on what the disk has, look for what is wrong, go on.

The program runs as it does at a rep's, on the machine's own `sqlite3`.
"""

import os
import pickle
import random
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from handhelds.reference import link
from handhelds.reference.local import Local
from handhelds.reference.pad import Refused
from handhelds.reference.queries import Queries
from handhelds.reference.queries_field import NotSaved
from handhelds.reference.queries_offered import is_intact
from handhelds.reference.visit import Rep, Wanted
from tests.handhelds import double_verify
from tests.handhelds.double import ids
from tests.simulation.power.disk import Image, lay_out
from tests.simulation.power.expected import Expected
from tests.simulation.power.life import NOTE, Office

NUMBERED = {"order": "order", "collection": "receipt"}
"""What has a number made here: kind -> its counter."""
CANARIES = (b"Hy-Vee", NOTE.encode())
"""Stand in the copy, and in an answered order: after a wipe in no file."""
ROUNDS = 2
"""So many syncs bring everything: a first one may only end a pull that was cut."""
SHM_BYTES = 32 * 1024


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for a moment, in memory where the machine has one there."""
    fast = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    place = Path(tempfile.mkdtemp(prefix="powercut-", dir=fast))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def faults_of(image: Image, expected: Expected, chance: random.Random) -> Counter[str]:
    """What is wrong on this disk: name of the fault -> how often; and what was said of
    it, in brackets."""
    with folder() as place:
        lay_out(image, place)
        _leave_shared_memory(image, place, chance)
        faults: Counter[str] = Counter()
        if expected.wiped:
            contents = [content for content in image.values() if content is not None]
            found = sum(word in content for word in CANARIES for content in contents)
            faults["wiped came back"] += found
        server: Office = pickle.loads(expected.server) if expected.server else Office()  # noqa: S301
        server.clock.restart()
        try:
            local = Local(place / "home", server.clock)
        except (sqlite3.Error, OSError) as trouble:
            return Counter({"corrupt": 1, f"({trouble})": 1})
        try:
            _look(local, expected, server, faults)
            if not faults["corrupt"]:
                _go_on(local, expected, server, faults)
        except (sqlite3.Error, NotSaved) as trouble:
            faults += Counter({"corrupt": 1, f"({trouble})": 1})
        except Refused as trouble:
            faults += Counter({"stuck": 1, f"({trouble})": 1})
        except AssertionError as trouble:  # of the stand-in server
            faults += Counter({"not once": 1, f"({trouble})": 1})
        finally:
            local.close()
    return +faults


def _leave_shared_memory(image: Image, place: Path, chance: random.Random) -> None:
    """The shared-memory files of a machine that stopped hold anything."""
    for path in [path for path, content in image.items() if content is not None]:
        if path.endswith("-wal") and chance.random() < 0.3:
            (place / f"{path.removesuffix('-wal')}-shm").write_bytes(chance.randbytes(SHM_BYTES))


def _look(local: Local, expected: Expected, server: Office, faults: Counter[str]) -> None:
    db = local.db
    for schema in ("main", "copy"):
        said = [row[0] for row in db.execute(f"PRAGMA {schema}.integrity_check")]
        faults["corrupt"] += said != ["ok"]
    faults["corrupt"] += len(db.execute("PRAGMA main.foreign_key_check").fetchall())
    if faults["corrupt"]:
        return
    changes = {row["id"]: row for row in db.execute("SELECT * FROM main.change")}
    rows = {row["change_id"]: row["row"] for row in db.execute("SELECT * FROM main.captured")}
    faults["half"] += len(changes.keys() ^ rows.keys())
    faults["half"] += sum(not is_intact(row) for row in changes.values())
    answered = {id for id, one in server.receipts.items() if one["outcome"] != "waiting"}
    for id, kept in expected.kept.items():
        if id not in changes:
            faults["lost"] += not (expected.wiping and id in answered)
        elif (changes[id]["raw"], rows.get(id)) != (kept.raw, kept.row):
            faults["half"] += 1
        elif kept.kind in NUMBERED:
            faults["not shown"] += Queries(db).row(kept.kind, changes[id]["row_id"]) is None
    faults["came back"] += len(expected.undone & changes.keys())
    _look_at_numbers(local, changes, expected, server, faults)
    for id, outcome in expected.verdicts.items():
        if id in changes:
            faults["verdict forgotten"] += changes[id]["outcome"] != outcome
    faults["read forgotten"] += sum(
        id in changes and changes[id]["read_at"] is None for id in expected.read
    )
    faults["enrolment forgotten"] += expected.is_enrolled and local.identity() is None
    _look_at_copy(local, expected, server, faults)


def _look_at_numbers(
    local: Local,
    changes: dict[str, sqlite3.Row],
    expected: Expected,
    server: Office,
    faults: Counter[str],
) -> None:
    """No number of an order, a receipt or a change is missing, twice, or another than was sent."""
    for id, receipt in server.receipts.items():
        if id in changes or not expected.wiping:
            faults["numbers"] += id not in changes or changes[id]["n"] != receipt["n"]
    ns = [row["n"] for row in changes.values() if row["n"] is not None]
    faults["numbers"] += sum(n > local.counted("change") for n in ns)
    submitted = Queries(local.db).changes("act = 'submit'")
    for kind, counter in NUMBERED.items():
        used = [int(one["raw"]["body"]["number"][-6:]) for one in submitted if one["kind"] == kind]
        last = local.counted(counter)
        missing = set(range(1, last + 1)) - set(used)
        faults["numbers"] += len(used) - len(set(used)) + sum(number > last for number in used)
        if not expected.wiping:
            faults["numbers"] += max(0, len(missing) - len(expected.undoing))


def _look_at_copy(local: Local, expected: Expected, server: Office, faults: Counter[str]) -> None:
    """The copy is the server's rows as of some pull, and a crash has it compared."""
    cursor = local.copy.mark("cursor")
    if expected.is_open:
        faults["crash unnoticed"] += not local.opened.unclean
        faults["crash unnoticed"] += (cursor is not None) and local.checked.said("due") != "crash"
    if local.fact("wiped"):
        faults["wiped came back"] += sum(Queries(local.db).counts().values())
        return
    there: double_verify.Rows = {}
    if cursor is not None:
        upto = int(cursor.removeprefix("c-"))
        there = double_verify.state(server.rows, server.news[:upto])
    told = {scope: one.spelled() for scope, one in local.checked.digests(frozenset()).items()}
    faults["copy mixed"] += told != double_verify.answer(there, {})["scopes"]


def _go_on(local: Local, expected: Expected, server: Office, faults: Counter[str]) -> None:
    """Take one more order, push everything: each order is at the server once."""
    clock = server.clock
    clock.on(60)
    rep = Rep(local, clock, ids(900_000_000))
    server.paged = False

    def sync() -> str:
        return link.sync(local, server.send, clock, rep.new_id).state

    if local.identity() is None:
        link.enrol(local, server.send, "CODE", "test", "reference")
    if rep.queries.store("1042") is None:
        sync()
    made = rep.order("1042", [Wanted("20041", "5")])
    faults["numbers"] += int(made["number"][-6:]) != local.counted("order")
    states = [sync() for _ in range(ROUNDS)]
    faults["stuck"] += states != ["done"] * ROUNDS or local.queue().pending > 0
    arrived = Counter(body["id"] for kind in NUMBERED for body in _submitted(server, kind))
    faults["not once"] += sum(many != 1 for many in arrived.values())
    faults["not once"] += arrived[made["id"]] != 1
    here = {
        change["row_id"]
        for change in rep.queries.changes("act = 'submit' AND kind IN ('order', 'collection')")
    }
    faults["not once"] += len(here - arrived.keys())
    if not expected.wiping:
        faults["not once"] += len(arrived.keys() - here)
    there = double_verify.state(server.rows, server.news)
    told = {scope: one.spelled() for scope, one in local.checked.digests(frozenset()).items()}
    faults["stuck"] += told != double_verify.answer(there, {})["scopes"]


def _submitted(server: Office, kind: str) -> list[dict[str, object]]:
    """Bodies of a kind's first texts that arrived: those with a number and no base."""
    return [
        body for body in server.pushed(kind) if "base_revision" not in body and body.get("number")
    ]
