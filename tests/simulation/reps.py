"""What people do with a handheld, offline as always."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from handhelds.reference import edits, needs, orders
from handhelds.reference.pad import Refused
from handhelds.reference.queries_field import NotSaved
from handhelds.reference.till import Money
from handhelds.reference.visit import Rep, Wanted
from tests.simulation.phones import Phone
from tests.simulation.world import Simulation

Verb = Callable[[Rep], object]
CALLING = 0.55
"""How often an act of a rep is about the store whose visit is open."""
TEXTS = (
    "👩‍👩‍👧‍👦 déjà vu", "مرحبا \u202e abc", "e\u0301 and \u00e9", "line\nbreak\ttab", "' ; -- \"\\",
    "=1+1", "x" * 500, "𝕬𝖑𝖕𝖍𝖆", "\u200b", "null", "NaN", "中文备注",
)  # fmt: skip


def _store(phone: Phone) -> str | None:
    """Where the rep is: mostly in the store of the open visit."""
    stores = phone.stores()
    if not stores:
        return None
    begun = phone.rep.queries.db.execute(
        "SELECT s.code FROM copy.store s WHERE s.id IN (SELECT store FROM main.change"
        " WHERE kind = 'visit' ORDER BY seq DESC LIMIT 1)"
    ).fetchone()
    if begun is not None and begun["code"] in stores and phone.luck.random() < CALLING:
        return str(begun["code"])
    return phone.luck.choice(stores)


def _wanted(sim: Simulation, phone: Phone) -> list[Wanted]:
    """One to four products; now and then one of the few that run short."""
    goods = sim.company.products
    chosen = phone.luck.sample(goods, phone.luck.randint(1, 4))
    return [
        Wanted(one, str(phone.luck.choice((1, 2, 3, 6, 12, 40))),
               phone.luck.choice(("each", "each", "case")))
        for one in chosen
    ]  # fmt: skip


def _acts(sim: Simulation, verb: Callable[[Phone, str], Verb]) -> int:
    phone = sim.some_phone()
    store = _store(phone)
    if store is None:
        return 0
    sim.works_s(phone.luck.uniform(5, 90))
    return phone.does(verb(phone, store))


def call(sim: Simulation) -> int:
    """A whole call at a store."""
    phone = sim.some_phone()
    stores = phone.stores()
    return _call(sim, phone, phone.luck.choice(stores)) if stores else 0


def morning(sim: Simulation) -> int:
    """Several calls of one rep, and nothing is sent in between."""
    phone = sim.some_phone()
    stores = phone.stores()
    calls = phone.luck.choices(stores, k=phone.luck.randint(3, 7)) if stores else []
    return sum(_call(sim, phone, store) for store in calls)


def _call(sim: Simulation, phone: Phone, store: str) -> int:
    """The visit, an order or two, perhaps a card and money."""
    luck = phone.luck
    verbs: list[Verb] = [lambda rep: rep.start_visit(store)]
    verbs += [
        lambda rep: rep.order(store, _wanted(sim, phone)) for _ in range(luck.choice((1, 1, 2)))
    ]
    if luck.random() < 0.4:
        verbs.append(lambda rep: rep.card(store, [{"product": "p001", "on_shelf": True}]))
    if luck.random() < 0.15:
        verbs.append(lambda rep: rep.collect(store, Money("cash", luck.randint(1, 900) * 10)))
    verbs.append(lambda rep: rep.end_visit(store))
    made = 0
    for verb in verbs:
        sim.works_s(luck.uniform(20, 300))
        made += phone.does(verb)
    return made


def order(sim: Simulation) -> int:
    return _acts(sim, lambda phone, store: lambda rep: rep.order(store, _wanted(sim, phone)))


def visit(sim: Simulation) -> int:
    def verb(phone: Phone, store: str) -> Verb:
        def change(rep: Rep) -> object:
            row = rep.store(store)
            if rep.open_visit(row["id"]) is None:
                return rep.start_visit(store)
            return rep.end_visit(store, note=phone.luck.choice((None, "fine", "later")))

        return change

    return _acts(sim, verb)


def skip(sim: Simulation) -> int:
    return _acts(sim, lambda phone, store: lambda rep: rep.skip_visit(store, "closed"))


def card(sim: Simulation) -> int:
    def verb(phone: Phone, store: str) -> Verb:
        goods = phone.luck.sample(sim.company.products, phone.luck.randint(1, 6))
        lines = [
            {"product": one, "on_shelf": phone.luck.random() < 0.8,
             "facings": phone.luck.randint(0, 9), "stock": phone.luck.randint(0, 90)}
            for one in goods
        ]  # fmt: skip
        # Of figures that were drawn anyway, so that a seed goes on playing the day it always did.
        beside = [
            {"name": f"beside {line['product']}", "price_minor": 10 * line["stock"],
             "promotion_seen": line["on_shelf"]}
            for line in lines if line["facings"] > 6
        ]  # fmt: skip
        return lambda rep: rep.card(store, lines, beside)

    return _acts(sim, verb)


def amend(sim: Simulation) -> int:
    def verb(phone: Phone, store: str) -> Verb:
        product = phone.luck.choice(sim.company.products)
        lines = [{"product": product, "facings": phone.luck.randint(0, 30)}]
        return lambda rep: edits.amend_card(rep, store, lines, "seen again")

    return _acts(sim, verb)


def collect(sim: Simulation) -> int:
    def verb(phone: Phone, store: str) -> Verb:
        minor = phone.luck.choice((500, 1_000, 12_345, 99_999))
        if phone.luck.random() < 0.7:
            return lambda rep: rep.collect(store, Money("cash", minor))
        day = (sim.time.now + timedelta(days=phone.luck.choice((0, 20)))).date()
        no = str(phone.luck.randint(1, 400))
        return lambda rep: rep.collect(store, Money("cheque", minor, no, "First Bank", day))

    return _acts(sim, verb)


def edit_store(sim: Simulation) -> int:
    def verb(phone: Phone, store: str) -> Verb:
        fields: dict[str, Any] = {
            "phone": f"555-{phone.luck.randint(1000, 9999)}",
            "opening_hours": phone.luck.choice(("8-18", "9-20", None)),
            "name": f"Store {phone.luck.randint(1, 99)}",
            "position": f"{phone.luck.uniform(40, 43):.5f},{phone.luck.uniform(-96, -91):.5f},12",
        }
        name = phone.luck.choice(sorted(fields))
        return lambda rep: edits.edit_store(rep, store, {name: fields[name]})

    return _acts(sim, verb)


def contact(sim: Simulation) -> int:
    def verb(phone: Phone, store: str) -> Verb:
        def change(rep: Rep) -> object:
            row = rep.store(store)
            there = [one for one in rep.queries.rows("contact", row["id"])
                     if one["state"] != "left"]  # fmt: skip
            if not there or (len(there) < 3 and phone.luck.random() < 0.3):
                name = f"Kim {phone.luck.randint(1, 10**6)}"
                return edits.add_contact(rep, store, name, {"phone": "555-1"})
            name = phone.luck.choice(sorted(str(one["name"]) for one in there))
            if phone.luck.random() < 0.15:
                return edits.remove_contact(rep, store, name)
            return edits.edit_contact(
                rep, store, name, {"phone": f"555-{phone.luck.randint(1, 99)}"}
            )

        return change

    return _acts(sim, verb)


def new_store(sim: Simulation) -> int:
    def verb(phone: Phone, store: str) -> Verb:
        name = f"New {phone.luck.randint(1, 10**6)}"
        return lambda rep: edits.new_store(rep, name, {"city": "Ames"})

    return _acts(sim, verb)


def plan(sim: Simulation) -> int:
    def verb(phone: Phone, store: str) -> Verb:
        day = sim.time.now.date() + timedelta(days=phone.luck.randint(0, 6))
        other = day + timedelta(days=phone.luck.randint(1, 3))
        if phone.luck.random() < 0.5:
            return lambda rep: rep.plan(store, day)
        return lambda rep: rep.move_stop(store, day, other)

    return _acts(sim, verb)


def _of_own(sim: Simulation, verb: Callable[[Phone, str, Rep], object]) -> int:
    """Something with an order of the handheld, one of the newest."""
    phone = sim.some_phone()
    found = sorted(
        phone.rep.queries.rows("order"), key=lambda row: (str(row["captured_at"]), row["id"])
    )
    if not found:
        return 0
    sim.works_s(phone.luck.uniform(5, 60))
    number = phone.luck.choice(found[-8:])["id"]
    return phone.does(lambda rep: verb(phone, number, rep))


def revise(sim: Simulation) -> int:
    def verb(phone: Phone, order_id: str, rep: Rep) -> object:
        product = phone.luck.choice(sim.company.products)
        wanted = [Wanted(product, str(phone.luck.choice((0, 1, 5, 24))))]
        return orders.revise(rep, order_id, wanted)

    return _of_own(sim, verb)


def cancel(sim: Simulation) -> int:
    return _of_own(sim, lambda phone, one, rep: orders.cancel(rep, one, "changed their mind"))


def supplement(sim: Simulation) -> int:
    def verb(phone: Phone, order_id: str, rep: Rep) -> object:
        return orders.supplement(rep, order_id, _wanted(sim, phone)[:1])

    return _of_own(sim, verb)


def give_back(sim: Simulation) -> int:
    def verb(phone: Phone, order_id: str, rep: Rep) -> object:
        row = orders.order_of(rep, order_id)
        lines = orders.lines_now(row)
        if not lines:  # a disk made them unreadable
            raise Refused("there are no lines")
        line = phone.luck.choice(lines)
        return orders.give_back(rep, order_id, [Wanted(line["product"], "1")])

    return _of_own(sim, verb)


def answer(sim: Simulation) -> int:
    """The rep answers an item that waits for one."""
    phone = sim.some_phone()
    waiting = [one for one in needs.waiting(phone.rep.queries) if one["given"] is None]
    if not waiting:
        return 0
    item = phone.luck.choice(sorted(waiting, key=lambda one: str(one["id"])))
    name = phone.luck.choice(item["answers"])["name"]
    return phone.does(lambda rep: needs.answer(rep, item["id"], name))


def undo(sim: Simulation) -> int:
    """Unsent work is taken back; nobody will miss it."""
    phone = sim.some_phone()
    fresh = phone.unsent()
    if not fresh:
        return 0
    try:
        phone.rep.undo(fresh[-1])
    except (Refused, NotSaved):
        return 0
    sim.note("vanished", device=phone.name, ids=[fresh[-1]], how="undone")
    phone.known.pop(fresh[-1], None)
    return 0


def odd_text(sim: Simulation) -> int:
    """Texts from the ends of Unicode, in a note and in a name."""

    def verb(phone: Phone, store: str) -> Verb:
        text = phone.luck.choice(TEXTS)
        sim.fault("odd_text", phone)
        if phone.luck.random() < 0.5:
            return lambda rep: rep.order(store, _wanted(sim, phone), note=text)
        return lambda rep: edits.add_contact(rep, store, text, {})

    return _acts(sim, verb)


def odd_quantity(sim: Simulation) -> int:
    """What fingers and scanners type."""

    def verb(phone: Phone, store: str) -> Verb:
        typed = phone.luck.choice(
            ("0", "-1", "1e9", "NaN", "Infinity", "1e400", "0.1", "999999999", "１２", "")
        )
        product = phone.luck.choice(sim.company.products)
        sim.fault("odd_quantity", phone)
        return lambda rep: rep.order(store, [Wanted(product, typed)])

    return _acts(sim, verb)
