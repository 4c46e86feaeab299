"""What happens to handhelds: killed, put back, copied, rotten, full, wrong about the time."""

from datetime import timedelta
from typing import Any

import msgspec

from handhelds.reference.clock import reading
from handhelds.reference.visit import Rep, Wanted
from schemas.rows import ROWS
from schemas.versions import NEWEST
from tests.simulation.phones import Phone
from tests.simulation.world import Simulation, copied, forget_copies

DAY_S = 86_400.0
ROT = {
    "stock": "available = available + 1", "store": "name = name || '?'", "price": "price = '9.99'",
    "contact": "phone = 'x'", "product": "name = upper(name) || '!'", "order": "lines = '[['",
    "visit": "version = version + 1", "receivable": "open_minor = 7",
}  # fmt: skip


def _an_order(sim: Simulation, phone: Phone) -> Any:
    stores = phone.stores()
    if not stores:
        return None
    store, product = phone.luck.choice(stores), phone.luck.choice(sim.company.products)
    return lambda rep: rep.order(store, [Wanted(product, str(phone.luck.randint(1, 9)))])


def killed_saving(sim: Simulation) -> int:
    """The program dies while the rep saves an order: it is there, or it is not."""
    phone = sim.some_phone()
    verb = _an_order(sim, phone)
    if verb is None:
        return 0
    before = len(phone.known)
    place = phone.does_and_dies(verb)
    sim.fault("killed_saving", phone, place=place)
    made = len(phone.known) - before
    if made not in (0, 1) or (place == "after_commit" and made != 1):
        raise AssertionError(f"{phone.name} died at {place} and saved {made} orders")
    return made


def killed_syncing(sim: Simulation) -> int:
    there = sim.online()
    if there:
        phone = sim.luck.choice(there)
        sim.fault("killed_syncing", phone, place=phone.syncs_and_dies())
    return 0


def wrong_clock(sim: Simulation) -> int:
    """Somebody sets the wall clock: a day, or to 1970, or to 2099, or right again."""
    phone = sim.some_phone()
    ahead = (DAY_S, -DAY_S, 3600.0, 0.0, -56 * 365 * DAY_S, 73 * 365 * DAY_S)
    phone.clock.wrong_s = sim.luck.choice(ahead)
    sim.fault("wrong_clock", phone, wrong_s=phone.clock.wrong_s)
    return 0


def clock_back(sim: Simulation) -> int:
    phone = sim.some_phone()
    phone.clock.wrong_s -= sim.luck.choice((3600.0, 7200.0, 120.0))
    sim.fault("clock_back", phone)
    return 0


def rebooted(sim: Simulation) -> int:
    phone = sim.some_phone()
    phone.clock.reboot()
    phone.dies()
    sim.fault("rebooted", phone)
    return 0


def kept(sim: Simulation) -> int:
    """Somebody makes a backup of a handheld; nothing goes wrong yet."""
    phone = sim.some_phone()
    copied(sim, phone)
    forget_copies(phone)
    return 0


def restored(sim: Simulation) -> int:
    """A handheld is put back to its backup, and goes on as if nothing had been."""
    with_copies = [one for one in sim.phones if one.copies]
    if not with_copies:
        return 0
    phone = sim.luck.choice(with_copies)
    phone.is_put_back(sim.luck.choice(phone.copies))
    phone.clock.reboot()
    sim.fault("restored", phone)
    return 0


def cloned(sim: Simulation) -> int:
    """A handheld's folder goes to a second machine, and both go on."""
    if len(sim.phones) > 1.3 * len(sim.company.reps):
        return 0
    phone = sim.some_phone()
    other = sim.add_phone(phone.rep_code, copied(sim, phone), of=phone)
    phone.copies.pop()
    sim.fault("cloned", phone, other=other.name)
    return 0


def odd_cursor(sim: Simulation) -> int:
    """The cursor is made up, or another handheld's."""
    phone, other = sim.some_phone(), sim.some_phone()
    stolen = other.local.copy.mark("cursor")
    if other is phone or stolen is None:
        stolen = "c-0"
    cursor = sim.luck.choice(("c-99999999999999999999", stolen, stolen, "c-", "zzz"))
    with phone.local.copy._writing():
        phone.local.copy._mark("cursor", cursor)
    sim.fault("odd_cursor", phone)
    return 0


def rotten_copy(sim: Simulation) -> int:
    """Bits of a row of the copy flip; the night's comparison will find it."""
    phone = sim.some_phone()
    kind = sim.luck.choice(sorted(ROT))
    if "id" not in ROWS[kind]:
        return 0
    db = phone.local.db
    ids = [row[0] for row in db.execute(f'SELECT id FROM copy."{kind}" ORDER BY id')]
    if not ids:
        return 0
    key = sim.luck.choice(ids)
    db.execute(f'UPDATE copy."{kind}" SET {ROT[kind]} WHERE id = ?', (key,))
    phone.rotten = True
    sim.fault("rotten_copy", phone, kind_of_row=kind)
    return 0


def rotten_change(sim: Simulation) -> int:
    """Bits of a change that waits flip: it is shown as damaged, and never sent."""
    phone = sim.some_phone()
    waiting = phone.unsent()
    if not waiting:
        return 0
    change = sim.luck.choice(waiting)
    phone.local.db.execute(
        "UPDATE main.change SET raw = CAST(replace(CAST(raw AS TEXT), '2', '3') AS BLOB)"
        " WHERE id = ?", (change,),
    )  # fmt: skip
    if change in phone.local.damaged():
        sim.note("vanished", device=phone.name, ids=[change], how="rotten")
        sim.fault("rotten_change", phone)
    return 0


def same_id(sim: Simulation) -> int:
    """A rep's program gives a new order an id that another one has."""
    phone = sim.some_phone()
    verb = _an_order(sim, phone)
    taken = list(sim.history.of("captured"))
    if verb is None or not taken:
        return 0
    old = sim.luck.choice(taken[-300:])
    if old["device"] == phone.name or old["id"] in phone.known:
        return 0
    given = iter((phone.ids(), old["id"]))  # first the order's id, then that of its change
    phone.rep.new_id = lambda: next(given, None) or phone.ids()
    sim.fault("same_id", phone, id=old["id"])
    made = phone.does(verb, stolen=True)
    phone.rep.new_id = phone.ids
    return made


def poison(sim: Simulation) -> int:
    """A change that the server cannot read, or must not take, among others in the outbox."""
    phone = sim.some_phone()
    stores = phone.local.db.execute("SELECT id FROM copy.store ORDER BY id").fetchall()
    if not stores or phone.local.identity() is None:
        return 0
    body: dict[str, Any] = {"id": phone.ids(), "store": phone.luck.choice(stores)["id"]}
    body |= phone.luck.choice((
        {"lines": "many"}, {"note": "\u0000"}, {"lines": [{"n": 1}]}, {"net_minor": 10**30},
        {"lines": [], "currency": "USD", "number": "\u202e" * 300}, {"deep": _deep(70)}, {},
    ))  # fmt: skip
    kind, act = phone.luck.choice((("order", "submit"), ("visit", "save"), ("dog", "bark")))
    version = phone.luck.choice((NEWEST, NEWEST, 99))

    def verb(rep: Rep) -> object:
        change = {
            "id": phone.ids(), "kind": kind, "act": act, "v": version, "depends_on": [],
            "captured": reading(phone.clock), "seen": {}, "body": body,
        }  # fmt: skip
        with phone.local.writing():
            phone.local.save(change, {"id": body["id"], "store": body["store"]})
        return None

    sim.fault("poison", phone)
    return phone.does(verb, poison=True)


def _deep(levels: int) -> Any:
    return msgspec.json.decode("[" * levels + "]" * levels)


def full(sim: Simulation) -> int:
    """The disk is full while the rep saves: refused in words, and nothing is half there."""
    phone = sim.some_phone()
    verb = _an_order(sim, phone)
    if verb is None:
        return 0
    db, refused = phone.local.db, phone.refused
    pages = db.execute("PRAGMA main.page_count").fetchone()[0]
    db.execute(f"PRAGMA main.max_page_count = {pages}")
    made = 0
    try:
        for _ in range(6):
            made += phone.does(verb)
    finally:
        db.execute("PRAGMA main.max_page_count = 1073741823")
    if phone.refused > refused:
        sim.fault("full", phone)
    return made


def away(sim: Simulation) -> int:
    """A rep has no network for days; now and then for longer than a quarter of a year."""
    phone = sim.some_phone()
    if len(sim.online()) > len(sim.phones) / 2:
        hours = sim.luck.choice((2, 8, 30, 100)) * sim.pace
        phone.offline_until = sim.time.now + timedelta(hours=hours)
    return 0
