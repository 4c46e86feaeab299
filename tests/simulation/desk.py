"""What happens at the office: loads, answers, edits, territories that move, jobs, nights."""

import io
from datetime import timedelta
from typing import Any

from server.feeds.load import Ask, load
from server.feeds.mapping import find_mapping
from server.feeds.plan import Refused as LoadRefused
from server.feeds.read import Shape, open_stream
from server.feeds.validate import Rejects
from server.running.jobs import JOBS, Turn
from sync.desk import answer as desk
from sync.desk import edits
from sync.desk.cancel import TooLate, cancel
from sync.desk.release import NotHeld, reject, release
from sync.feed import publish
from sync.moving.hand_over import Move, NotSo, hand_over, stand_in
from sync.moving.relocate import relocate
from sync.queries.driver import execute
from sync.scope import assign, unassign
from tests.simulation.company import BY, WAREHOUSES
from tests.simulation.world import Simulation
from tests.world import CELL, OTHER_CELL

AGAIN = ("release", "override", "reject", "both_meant", "let_stand", "set_aside", "seen",
         "resend", "accept_request", "decline_request", "keep_waiting")  # fmt: skip
SKIPPED = frozenset({"reconcile", "watch_deliveries"})
"""Jobs left out here: nobody can be reckoned with."""


# --- loads ---------------------------------------------------------------------------------------


def feed(sim: Simulation, name: str, text: str, cell: str | None = None) -> int:
    """A file of the firm's other system is loaded, as `talaria load` does it."""
    columns = find_mapping("plain", name)
    data = text.encode()
    with (
        Rejects() as rejects,
        open_stream(io.BytesIO(data), f"{name}.csv", len(data), Shape()) as s,
    ):
        try:
            load(sim.engine, name, s, columns, Ask("sim", cell=cell), rejects)
            outcome = "loaded"
        except LoadRefused as trouble:
            outcome = f"refused: {trouble}"
    sim.note("office", act="load", about=name, outcome=outcome, text=text)
    return 0


def stock(sim: Simulation) -> int:
    """The warehouse says what is there of the products that run short."""
    warehouse = sim.luck.choice(("w1", "w2"))
    chosen = sim.luck.sample(sim.company.products[:6], sim.luck.randint(1, 4))
    lines = [f"{warehouse},{one},{sim.luck.choice((0, 60, 400, 2000))}" for one in chosen]
    return feed(
        sim, "stock", "warehouse,product,on_hand\n" + "\n".join(lines) + "\n",
        "depot" if warehouse == "w1" else "east",
    )  # fmt: skip


def prices(sim: Simulation) -> int:
    product = sim.luck.choice(sim.company.products)
    price = sim.luck.choice(("2.40", "2.50", "2.75", "3.10"))
    return feed(
        sim,
        "prices",
        f"product,price,list,valid_from\n{product},{price},base,{sim.time.now.date()}\n",
    )


def receivables(sim: Simulation) -> int:
    """Accounts say what a store owes and may owe."""
    found = sim.world.rows("SELECT code FROM store WHERE status = 'active' ORDER BY code")
    (code,) = sim.luck.choice(found)
    owed, day = sim.luck.choice(("0.00", "400.00")), sim.time.now.date()
    limit = sim.luck.choice(("1500.00", "50000.00", ""))
    return feed(
        sim, "receivables",
        "store,number,kind,issued_on,due_on,amount,open,limit\n"
        f"{code},J-{sim.luck.randint(1, 999)},invoice,{day},{day},400.00,{owed},{limit}\n",
    )  # fmt: skip


def promotions(sim: Simulation) -> int:
    """A promotion begins, is changed, or ends; some have little to give."""
    n = sim.luck.randint(1, 4)
    products = " ".join(sim.company.products[4 * n : 4 * n + 4])
    kind = sim.luck.choice(("percent,7.5,,,", "amount,,5,,", "buy_get,,,10,1"))
    cap = ("", "2000", "500000", "")[n - 1]  # one that was lowered would be beyond its end
    state = sim.luck.choice(("live", "live", "ended"))
    return feed(
        sim, "promotions",
        "code,name,kind,percent,amount_minor,buy,get,products,cap_minor,state\n"
        f"deal{n},Deal {n},{kind},{products},{cap},{state}\n",
    )  # fmt: skip


# --- the inbox -----------------------------------------------------------------------------------


def answers(sim: Simulation) -> int:
    """Somebody of the office answers an item that waits."""
    found = sim.world.rows(
        "SELECT cell, id::text, answers FROM conflict WHERE state = 'waiting'"
        " AND cardinality(answers) > 0 ORDER BY at, id LIMIT 40"
    )
    if not found:
        return 0
    cell, item, names = sim.luck.choice(found)
    name = sim.luck.choice([one for one in names if one in AGAIN] or names)
    given = desk.Given(name, "office", "user:desk", sim.time.now, number="X-1")
    try:
        with sim.world.begin() as conn:
            resolution = desk.give(conn, cell, item, given)
            publish(conn, cell, given.entries)
        outcome = str(resolution)
    except (desk.TooLate, desk.NotOffered, LookupError, NotHeld) as trouble:
        outcome = f"not done: {trouble}"
    sim.note("office", act=f"answer {name}", about=item, outcome=outcome)
    return 0


# --- rows that reps edit too ---------------------------------------------------------------------


def edit(sim: Simulation) -> int:
    """The office changes a store or a contact that a rep may be changing, too."""
    kind = sim.luck.choice(("store", "contact"))
    found = sim.world.rows(
        f"SELECT cell, id::text, phone FROM {kind} ORDER BY id"
        if kind == "store" else
        "SELECT cell, id::text, phone FROM contact WHERE state <> 'left' ORDER BY id"
    )  # fmt: skip
    if not found:
        return 0
    cell, key, phone = sim.luck.choice(found)
    mine = {"phone": f"777-{sim.luck.randint(1, 99)}"}
    sim.fault("same_row")
    hand = edits.Hand(BY, sim.time.now)
    try:
        with sim.world.begin() as conn:
            saved = edits.save(conn, cell, kind, key, mine, {"phone": phone}, hand)
            publish(conn, cell, saved.entries)
        outcome = "saved"
    except (edits.Refused, LookupError) as trouble:
        outcome = str(trouble)
    sim.note("office", act=f"edit {kind}", about=key, outcome=outcome)
    return 0


def same_order(sim: Simulation) -> int:
    """The office decides about an order that its rep has just changed, and not sent yet."""
    touched = {
        row["row_id"]
        for phone in sim.phones
        for row in phone.local.db.execute(
            "SELECT row_id FROM main.change WHERE kind = 'order' AND act <> 'submit'"
            " AND outcome IS NULL"
        )
    }
    found = sim.world.rows(
        "SELECT cell, id::text, state FROM orders WHERE state IN ('held', 'accepted', 'sent')"
        " ORDER BY captured_at DESC, id LIMIT 200"
    )
    found = [row for row in found if row[1] in touched] or found[:20]
    if not found:
        return 0
    cell, order, state = sim.luck.choice(found)
    way = sim.luck.choice(("cancel", "release", "reject") if state == "held" else ("cancel",))
    sim.fault("same_row", about=order)
    try:
        with sim.world.begin() as conn:
            if way == "cancel":
                cancel(conn, cell, order, "user:desk", sim.time.now, "the store rang")
            elif way == "release":
                release(conn, cell, order, None, "user:desk", sim.time.now)
            else:
                reject(conn, cell, order, "user:desk", sim.time.now, "no")
        outcome = "done"
    except (TooLate, NotHeld) as trouble:
        outcome = f"not done: {trouble}"
    sim.note("office", act=f"{way} order", about=order, outcome=outcome)
    return 0


# --- territories ---------------------------------------------------------------------------------


def _places(sim: Simulation) -> list[Any]:
    return sim.world.rows(
        "SELECT s.cell, s.id::text, s.warehouse FROM store s WHERE s.status = 'active'"
        " ORDER BY s.id"
    )


def territory(sim: Simulation) -> int:
    """Stores change hands: at once, with days together, for a stand-in, or away for good."""
    cell, store, _ = sim.luck.choice(_places(sim))
    holders = [row[0] for row in sim.world.rows(
        "SELECT DISTINCT rep FROM assignment WHERE cell = %s AND store = %s"
        " AND (valid_to IS NULL OR valid_to > %s) ORDER BY rep", cell, store, sim.time.now.date()
    )]  # fmt: skip
    taker = sim.luck.choice(sim.company.reps)
    giver = sim.luck.choice(holders) if holders else None
    way = sim.luck.choice(("hand_over", "hand_over", "stand_in", "assign", "unassign"))
    outcome = "done"
    try:
        with sim.world.begin() as conn:
            if way == "unassign" and giver is not None:
                unassign(conn, cell, giver, [store], sim.time.now)
            elif way == "stand_in" and giver not in (None, taker):
                first = sim.time.now.date()
                stand_in(conn, sim.company.homes[str(giver)], str(giver), taker, first,
                         first + timedelta(days=3), BY, sim.time.now)  # fmt: skip
            elif way == "hand_over" and giver != taker:
                hand_over(conn, [Move(cell, store, giver, taker)], BY, sim.time.now,
                          together_days=sim.luck.choice((0, 1)))  # fmt: skip
            else:
                assign(conn, cell, taker, [store], BY, sim.time.now)
    except (NotSo, LookupError, ValueError) as trouble:
        outcome = f"not done: {trouble}"
    if outcome == "done":
        sim.fault("territory_moved", about=store, way=way)
    sim.note("office", act=way, about=store, giver=giver, taker=taker, outcome=outcome)
    return 0


def other_depot(sim: Simulation) -> int:
    """A store goes to the other depot, with all that hangs on it."""
    cell, store, _ = sim.luck.choice(_places(sim))
    other = CELL + OTHER_CELL - cell
    try:
        with sim.world.begin() as conn:
            relocate(conn, cell, other, store, WAREHOUSES[other], BY, sim.time.now)
        outcome = "done"
        sim.fault("store_moved", about=store)
    except (NotSo, LookupError) as trouble:
        outcome = f"not done: {trouble}"
    sim.note("office", act="relocate", about=store, to=other, outcome=outcome)
    return 0


# --- what goes by the clock ----------------------------------------------------------------------


class Fence:
    """The scheduler's lease, which is ours for good here."""

    def __init__(self, sim: Simulation) -> None:
        self.sim, self.token = sim, 1

    def fenced(self) -> Any:
        return self.sim.world.begin()


def jobs(sim: Simulation) -> int:
    """The scheduler's round: every job once; in a large fleet not after every few changes."""
    if sim.luck.random() >= max(0.3, sim.pace):
        return 0
    sim.works_s(sim.luck.uniform(5, 120))
    run_jobs(sim)
    return 0


def run_jobs(sim: Simulation) -> None:
    for job in JOBS:
        if job.name not in SKIPPED:
            job.work(Turn(job.name, Fence(sim), sim.time.now))  # type: ignore[arg-type]


def a_night(sim: Simulation) -> int:
    """Hours in which nobody works; in a large fleet, whose days are long, more seldom."""
    if sim.luck.random() >= sim.pace:
        return 0
    sim.time.pass_s(sim.luck.uniform(3, 11) * 3600)
    run_jobs(sim)
    sim.network.late_arrivals()
    return 0


def epoch_of(sim: Simulation) -> str:
    with sim.world.begin() as conn:
        return str(execute(conn, "SELECT epoch FROM incarnation").fetchone()[0])  # type: ignore[index]
