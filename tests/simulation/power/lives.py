"""Whole lives of a handheld: two written out, so that everything it does is in one, and chance."""

import random

from handhelds.reference.pad import Refused
from tests.handhelds.older import program_of
from tests.simulation.power.life import NOTE, Life

STORES = ("1042", "877")


def written_out(life: Life) -> None:
    """Three days with everything in them: the first start, work, edits, syncs, news, the end."""
    life.server.paged = True
    life.open()
    life.enrol()
    life.sync()
    life.start_visit("1042")
    first = life.order("1042", ("20041", 24), ("904", 2), note=NOTE)
    life.card("1042", 4)
    life.revise(first, ("20041", 36))
    life.collect("1042", 25_000)
    life.edit_store("1042", "515-0147")
    life.end_visit("1042", "shelf is full")
    second = life.order("877", ("904", 1))
    life.plan("877", 2)
    life.undo()
    life.new_store("Corner")
    life.add_contact("877", "Kim")
    life.lose = 1.0  # the server takes everything in, and no answer comes
    life.sync()
    life.lose = 0.0
    life.reopen()
    life.server.outcomes[life.rep.queries.changes("kind = 'card'")[0]["row_id"]] = {
        "outcome": "held",
        "says": "The office looks at this card.",
    }
    life.sync()
    life.read()
    life.news(500)
    life.cancel(second)
    life.amend_card("1042", 6)
    life.order("877", ("20041", 12))
    life.collect("877", 4_000, "47")
    life.sync()
    life.news(400)
    life.local.copy.forget_cursor()  # the next sync compares the copy with the server's
    life.sync()
    life.sync("asked")
    life.close()
    life.open()
    life.order("1042", ("904", 3))
    life.wipe()
    life.close()


def updated(life: Life) -> None:
    """A program of the protocol's first version, with work in it, is followed by today's."""
    with program_of(1):
        life.open()
        life.enrol()
        life.sync()
        life.order("1042", ("20041", 24))
        life.sync()
        life.order("877", ("20041", 12))
        life.collect("1042", 25_000)
        life.close()
    life.open()
    life.order("1042", ("904", 1))
    life.sync()
    life.close()


def by_chance(life: Life, steps: int) -> None:
    """Work as it comes."""
    chance = life.chance
    life.server.paged = chance.random() < 0.5
    life.lose = chance.choice((0.0, 0.3))
    life.open()
    for _ in range(9):
        if life.local.identity() is None:
            life.enrol()
        if life.rep.queries.store("1042") is None:
            life.sync()
    for _ in range(steps):
        try:
            _one_thing(life, chance)
        except Refused:
            continue
    if chance.random() < 0.15 and life.local.identity() is not None:
        life.wipe()
    if chance.random() < 0.5:
        life.close()


def _one_thing(life: Life, chance: random.Random) -> None:
    store, what = chance.choice(STORES), chance.random()
    if what < 0.3:
        products = chance.sample(("20041", "904"), chance.randint(1, 2))
        life.order(store, *((product, chance.randint(1, 40)) for product in products))
    elif what < 0.4:
        life.collect(store, chance.randint(1, 9) * 1_000, chance.choice((None, "47")))
    elif what < 0.5:
        unsent = life.rep.queries.changes("kind = 'order' AND act = 'submit' AND outcome IS NULL")
        if unsent:
            number = chance.choice(unsent)["raw"]["body"]["number"]
            life.cancel(number) if chance.random() < 0.3 else life.revise(number, ("20041", 6))
    elif what < 0.6:
        life.card(store, chance.randint(0, 9))
    elif what < 0.65:
        life.start_visit(store)
    elif what < 0.7:
        life.end_visit(store)
    elif what < 0.75:
        life.plan(store, chance.randint(0, 9))
    elif what < 0.78:
        life.edit_store(store, str(chance.randint(100, 999)))
    elif what < 0.82:
        life.undo()
    elif what < 0.85:
        life.read()
    elif what < 0.88:
        life.reopen()
    else:
        life.news(chance.randint(1, 999))
        life.sync(chance.choice((None, None, "asked")))
