"""A scripted day in the field, told while it happens and checked when it is over (claims.py).

Nothing here reaches into the product: reps run the handheld, the desk uses the console over HTTP,
the office loads a price file with `talaria load`, and the delivery system is another program.
"""

import csv
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from server.database import transaction
from server.demo import afternoon, claims, queries
from server.demo.company import PEOPLE, enrolment_code, trouble
from server.demo.desk import Desk
from server.demo.rep import Rep, VerbFailed, some_moment
from server.demo.stage import Stage
from server.demo.timeline import Timeline
from server.running.children import command, importable

PATIENCE_S = 90.0
CRASHES = 3
SAID = 3


@dataclass
class Day:
    """What is known of the day while it is played."""

    stage: Stage
    told: Timeline
    ana: Rep
    ben: Rep
    reject: dict[str, Any] = field(default_factory=dict)
    release: dict[str, Any] = field(default_factory=dict)
    cheaper: dict[str, Any] = field(default_factory=dict)
    new_price: Decimal = Decimal(0)
    order_s: float = 0.5

    @property
    def reps(self) -> tuple[Rep, Rep]:
        return self.ana, self.ben

    def orders(self) -> list[dict[str, Any]]:
        """The day's orders as Talaria has them."""
        with transaction(self.stage.engine) as conn:
            return queries.orders(conn, [rep.device for rep in self.reps])


def play(stage: Stage, told: Timeline) -> bool:
    """Play the day; whether everything that was claimed is true."""
    homes = stage.root / "handhelds"
    day = Day(
        stage, told,
        Rep("ana", "Ana", homes / "ana", stores=stage.cast.stores["ana"]),
        Rep("ben", "Ben", homes / "ben", stores=stage.cast.stores["ben"]),
    )  # fmt: skip
    trouble(stage.engine, stage.cast)
    try:
        for chapter in (morning, on_the_road, crashes, meanwhile, lost_reply, desk, numbers):
            if not stage.supervisor.stopping.is_set():
                chapter(day)
        if stage.supervisor.stopping.is_set():
            raise VerbFailed("stopped")
        claims.check(day.stage, day.told, day.reps, claims.Expected(
            day.release["number"], day.reject["number"], day.cheaper["number"], day.new_price,
        ))  # fmt: skip
        afternoon.goods_leave(day, _until)
        afternoon.check(day)
    except VerbFailed as why:
        if stage.supervisor.stopping.is_set():
            told.tell("The demo", "was stopped before the day was over")
            return False
        told.tell("The demo", "cannot go on:", *str(why).splitlines())
        told.claim("Everything people did was possible", False)
    return told.verdict()


def morning(day: Day) -> None:
    """Both reps enrol and fetch what they will need all day."""
    day.told.chapter("Morning. There is a network")
    for rep in day.reps:
        code = enrolment_code(day.stage.engine, day.stage.cast, rep.code)
        rep.does("enrol", code, "--server", day.stage.line.url)
        rep.device = str(rep.does("status")["device"])
        done = rep.does("sync")
        stops = len(rep.does("today")["stops"])
        kb = done["received_bytes"] / 1000
        day.told.tell(
            rep.name, f"enrols by the office's code and fetches {done['rows']} rows, {kb:.0f} kB:",
            f"{len(rep.stores)} stores with orders and receivables, {stops} of them to visit today",
        )  # fmt: skip


def on_the_road(day: Day) -> None:
    """Visits without a network: orders that will meet short stock, a block, a limit, a price."""
    day.told.chapter("On the road. The network is gone")
    stage, ana, ben = day.stage, day.ana, day.ben
    stage.line.up = False
    goods, short = stage.cast.goods, stage.cast.short
    _visit(day, ana, 0, f"{goods[0]['code']}:2case", f"{goods[1]['code']}:1case")
    ana.does("card", ana.stores[0]["code"], "--line", f"{goods[0]['code']}:facings=3,shelf=12",
             "--line", f"{goods[1]['code']}:out",
             "--competitor", "Northern Light Vodka:price=7.49,facings=4,promo")  # fmt: skip
    day.told.tell("Ana", f"fills in the visit card: {_short(goods[1]['name'])} is out of stock")
    _visit(day, ana, 1, f"{short['code']}:1case")
    _visit(day, ben, 0, f"{short['code']}:1case")
    day.release = _visit(day, ana, 2, f"{goods[2]['code']}:1case")
    day.reject = _visit(day, ben, 1, f"{goods[3]['code']}:3case")
    day.cheaper = _visit(day, ana, 3, f"{goods[4]['code']}:1case")
    slip = ben.does("collect", ben.stores[0]["code"], "125.00", "--cash", "--anyway")
    ben.slips.append(slip)
    items = ", ".join(one["number"] for one in slip["uses"]) or "on account"
    day.told.tell("Ben", f"takes 125.00 in cash: receipt {slip['number']}, for {items}")
    suggested = ben.order(ben.stores[-1]["code"], "--suggested")
    day.told.tell(
        "Ben", f"takes every suggestion at {_short(ben.stores[-1]['name'])}: "
        f"{suggested['number']}, {len(suggested['lines'])} lines from what the store usually buys",
    )  # fmt: skip
    said = ana.does("sync", "--tries", "1", well=(2,))
    waits = said["pending"]
    day.told.tell("Ana", f"tries to sync: no network. {waits} changes wait on the handheld")
    day.told.claim("Without a network every verb worked and nothing was lost",
                   waits >= len(ana.taken), f"{waits} changes waiting")  # fmt: skip


def _visit(day: Day, rep: Rep, nth: int, *lines: str) -> dict[str, Any]:
    store = rep.stores[nth]
    rep.does("visit", "start", store["code"])
    saved = rep.order(store["code"], *[word for line in lines for word in ("--line", line)])
    day.order_s = rep.last_s
    rep.does("visit", "end", store["code"])
    notes = [note for line in saved["lines"] for note in line["warnings"]]
    parts = [part for line in saved["lines"] for part in line["promotions"]]
    notes += [f"{part['name']}: {part['discount_minor'] / 100:.2f} off" for part in parts]
    if saved["credit"]["blocked_reason"]:
        notes.append(f"the handheld warns: {saved['credit']['blocked_reason']}")
    if saved["over_credit"]:
        notes.append("the handheld warns: over the store's credit limit")
    what = ", ".join(f"{one['typed']} {one['uom']} {_short(one['name'])}" for one in saved["lines"])
    day.told.tell(
        rep.name, f"visits {_short(store['name'])}: order {saved['number']}, {what}", *notes
    )
    return saved


def crashes(day: Day) -> None:
    """The handheld is killed while it saves; what it said was saved is there, the rest is not."""
    day.told.chapter("The handheld crashes")
    ana, verb_s = day.ana, day.order_s
    before = _orders_waiting(ana)
    for nth in range(CRASHES):
        store = ana.stores[4 + nth]
        words = ("order", store["code"], "--line", f"{day.stage.cast.goods[5]['code']}:1case")
        ana.killed_at(some_moment(verb_s * 0.4, verb_s * 1.05), *words, "--yes")
    after = _orders_waiting(ana)
    kept = [number for number in after if number not in before]
    day.told.tell(
        "Ana's handheld", f"is killed {CRASHES} times in the middle of an order (kill -9)",
        f"reopened: all {len(before)} orders from before are there, and {len(kept)} of the "
        f"{CRASHES} had been saved, whole",
    )  # fmt: skip
    day.told.claim("After the crashes every order saved before was there",
                   set(before) <= set(after), f"{len(before)} of {len(before)}")  # fmt: skip
    ana.taken += [{"number": number} for number in kept]


def _orders_waiting(rep: Rep) -> list[str]:
    changes = rep.does("outbox")["changes"]
    return [str(one["number"]) for one in changes if one["kind"] == "order"]


def meanwhile(day: Day) -> None:
    """The office loads a lower price while the reps are away; the delivery system turns sour."""
    day.told.chapter("Meanwhile")
    stage, product = day.stage, day.stage.cast.goods[4]
    now = datetime.now(UTC)
    with transaction(stage.engine) as conn:
        row = queries.price_now(conn, stage.cast.own_cell, product["code"], now)
    if row is None:
        raise VerbFailed(f"{product['name']} has no price")
    day.new_price = (row["price"] * Decimal("0.90")).quantize(Decimal("0.01"))
    today = now.astimezone(ZoneInfo(stage.cast.zone)).date()
    file = stage.root / "prices.csv"
    with file.open("w", newline="") as out:
        csv.writer(out).writerows(
            [["product", "price", "list", "min_quantity", "valid_from"],
             [product["code"], day.new_price, "base", 1, today.isoformat()]]
        )  # fmt: skip
    _talaria(stage, "load", "prices", str(file))
    day.told.tell(
        "The office", f"loads new prices: {_short(product['name'])} costs {day.new_price:f} "
        f"instead of {row['price']:.2f}",
    )  # fmt: skip
    stage.behave(
        timeout_first=1, timeout_how="cut", stock={stage.cast.short["code"]: stage.cast.short_left}
    )
    day.told.tell(
        "Delivery system", "falls ill: it takes each order and hangs up before it answers"
    )


def _talaria(stage: Stage, *words: str) -> str:
    """A command of the operator, on the demo's own data."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("TALARIA_", "DATABASE_"))}
    environ |= {"TALARIA_DATA_DIR": str(stage.settings.data_dir)}
    if stage.settings.pg_bin is not None:
        environ["TALARIA_PG_BIN"] = str(stage.settings.pg_bin)
    done = subprocess.run(
        command(*words), capture_output=True, text=True, timeout=120, env=importable(environ)
    )
    if done.returncode != 0:
        raise VerbFailed(f"talaria {' '.join(words)}: {(done.stdout + done.stderr)[-600:]}")
    return done.stdout


def lost_reply(day: Day) -> None:
    """The network is back, and the first answer gets lost on it."""
    day.told.chapter("The network is back, and bad")
    line = day.stage.line
    line.up = True
    line.lose_replies(1)
    for rep in day.reps:
        lost = line.lost
        done = rep.does("sync")
        if line.lost > lost:
            day.told.tell(
                rep.name, "syncs: the server decides everything, and its answer is lost on the way"
            )
            day.told.tell(
                rep.name, f"sends the same again: {done['answered']} changes answered, "
                "the same answers as were given before",
            )  # fmt: skip
        else:
            day.told.tell(rep.name, f"syncs: {done['answered']} changes answered")
        _say_verdicts(day, rep)
    day.told.claim("A reply was lost after the server had decided", line.lost == 1, line.lost)


def _say_verdicts(day: Day, rep: Rep) -> None:
    for one in reversed(rep.does("verdicts")["verdicts"]):
        if one["kind"] == "order" and one["outcome"] != "applied":
            said = [conflict["says"] for conflict in one["conflicts"]] or [one["says"]]
            more = [f"... and {len(said) - SAID} more"] if len(said) > SAID else []
            words = f"reads on the handheld about {one['number']}:"
            day.told.tell(rep.name, words, *said[:SAID], *more)


def desk(day: Day) -> None:
    """The order desk decides what is held, in the console."""
    day.told.chapter("At the order desk")
    password = next(row[3] for row in PEOPLE if row[0] == "desk")
    person = Desk(day.stage.url, "desk", password)
    try:
        held = {one["number"]: one for one in day.orders() if one["state"] == "held"}
        day.told.tell("Dee at the desk", f"finds {len(held)} orders held")
        one = held.get(day.release["number"])
        if one is not None:
            person.decide(one["cell"], one["id"], "release", one["holds"], "Paid this morning.")
            day.told.tell("Dee at the desk", f"releases {one['number']}: paid this morning")
        one = held.get(day.reject["number"])
        if one is not None:
            person.decide(one["cell"], one["id"], "reject", [], "Over the limit; call me first.")
            day.told.tell("Dee at the desk", f"rejects {one['number']}: over the limit")
    finally:
        person.close()


def numbers(day: Day) -> None:
    """Orders land in the delivery system once each; its numbers come back to the handhelds."""
    day.told.chapter("Orders land")
    began_s = time.monotonic()
    _until(lambda: _landed(day), PATIENCE_S)
    waited_s = time.monotonic() - began_s
    orders = [one for one in day.orders() if one["external_no"]]
    day.told.tell(
        "Talaria", "does not send again what may have arrived: it looks each order up",
        f"{len(orders)} orders have the delivery system's number, {waited_s:.1f} s later",
    )  # fmt: skip
    day.stage.behave(timeout_first=0)
    for rep in day.reps:
        rep.does("sync")
        mine = [one["external_no"] for one in orders if one["rep"] == rep.code]
        day.told.tell(rep.name, f"syncs and sees them: {', '.join(sorted(mine))}")


def _landed(day: Day) -> bool:
    return all(
        one["external_no"] for one in day.orders() if one["state"] not in ("held", "rejected")
    )


def _until(true: Callable[[], bool], patience_s: float) -> bool:
    until_s = time.monotonic() + patience_s
    while not true():
        if time.monotonic() > until_s:
            return False
        time.sleep(0.2)
    return True


def _short(name: str) -> str:
    """A store's or a product's name as one says it."""
    return name.partition(" / ")[0].title()
