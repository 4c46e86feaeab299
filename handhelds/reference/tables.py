"""How the screens look on a terminal: rich tables and sentences from the data of screens*.py.

A state is told by a word, never by colour alone. Every empty list says what to do next.
"""

from datetime import datetime
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from handhelds.reference.hinted import notes
from handhelds.reference.money import money
from handhelds.reference.screens import Screen
from handhelds.reference.tables_cards import beside
from handhelds.reference.tables_till import paid

STEP_WORDS = {
    "offtake": "sold since the last count",
    "offtake_per_day": "a day",
    "need": "needed until after the next visit",
    "short": "short",
    "sold_per_week": "a week",
    "gap": "to fill the gap",
    "cases": "cases",
    "quantity": "pieces, as it may be ordered",
}


class _Table:
    """Rows under headings; a heading that begins with > is of figures, to the right. A column in
    which nothing stands is left out: a narrow screen has room for what matters."""

    def __init__(self, *headings: str, title: str | None = None) -> None:
        self.headings, self.title = headings, title
        self.rows: list[list[str]] = []

    def add(self, *values: Any) -> None:
        self.rows.append(["" if value is None else escape(str(value)) for value in values])

    def __rich__(self) -> Table:
        made = Table(title=self.title, title_justify="left", title_style="bold", box=box.SIMPLE)
        full = [n for n in range(len(self.headings)) if any(row[n] for row in self.rows)]
        for n in full:
            right = self.headings[n].startswith(">")
            made.add_column(self.headings[n].lstrip(">"), justify="right" if right else "left")
        for row in self.rows:
            made.add_row(*(row[n] for n in full))
        return made


def _price(text: str | None) -> str:
    """A unit price with at least two digits after the point."""
    if text is None:
        return ""
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest:0<2}"


def when(text: str | None) -> str:
    return f"{datetime.fromisoformat(text):%d %b %H:%M}" if text else ""


def _sent(row: Screen) -> str:
    waits = "waits to be sent" if row.get("unsent") else ""
    return "not taken" if row.get("outcome") == "rejected" else waits


def status(screen: Screen) -> RenderableType:
    """Who this handheld is, what waits, how old its copies are."""
    if not screen["enrolled"]:
        return Text(
            "Not enrolled yet. Ask the office for a code, then:\n"
            "  talaria-handheld enrol CODE --server https://..."
        )
    shown = Table(box=None, show_header=False, pad_edge=False)
    waits = screen["pending"]
    since = f", oldest from {screen['oldest']['words']}" if screen["oldest"] else ""
    shown.add_row("rep", escape(f"{screen['rep']['name']} ({screen['rep']['code']})"))
    shown.add_row("company", escape(screen["company"]["name"]))
    shown.add_row("handheld", f"{screen['device']}, orders {screen['number_prefix']}-...")
    shown.add_row("waiting to be sent", f"{waits}{since}" if waits else "nothing")
    shown.add_row("last sync", screen["last_sync"]["words"])
    shown.add_row("stock as of", screen["stock"]["words"])
    shown.add_row("receivables as of", screen["receivable"]["words"])
    if screen["verified"]:
        shown.add_row("copy verified", screen["verified"]["words"])
    rows = ", ".join(f"{count} {kind}" for kind, count in screen["rows"].items())
    shown.add_row("carries", rows or "nothing yet: run `sync`")
    if screen["unread"]:
        shown.add_row("to read", f"{screen['unread']}: see `verdicts`")
    notes = [Text(f"! {note}", style="bold") for note in screen["notes"]]
    return Group(shown, *notes)


def today(screen: Screen) -> RenderableType:
    """The day's stops."""
    if not screen["stops"]:
        return Text(
            f"No stops on {screen['day']}. Plan one: talaria-handheld plan add STORE "
            f"{screen['day']}, or look for a store: talaria-handheld stores WORDS"
        )
    shown = _Table(">#", "store", "name", "town", "state", ">overdue", "", title=screen["day"])
    for stop in screen["stops"]:
        at = stop["store"]
        overdue = stop["overdue_minor"]
        note = f"blocked: {stop['blocked']}" if stop["blocked"] else ""
        shown.add(
            *(stop["sequence"], at["code"], at["name"], at["city"], stop["state"]),
            money(overdue, screen["currency"]) if overdue else "",
            note or _sent(stop),
        )
    more = [f"{screen['pending']} waiting to be sent"] * bool(screen["pending"])
    more += [f"{screen['unread']} to read: `verdicts`"] * bool(screen["unread"])
    more += [f"{screen['needs']} need you: `needs`"] * bool(screen.get("needs"))
    return Group(shown, *[Text("; ".join(more))] * bool(more))


def stores(screen: Screen) -> RenderableType:
    """Stores found."""
    if not screen["stores"]:
        return Text(f"No store has all of: {screen['words']}. Try fewer letters.")
    shown = _Table("store", "name", "address", "town", "status")
    for at in screen["stores"]:
        shown.add(at["code"], at["name"], at["address"], at["city"], at["status"])
    return shown


def store(screen: Screen) -> RenderableType:
    """One store on one screen: newest first."""
    at, owed, currency = screen["store"], screen["owed"], screen["currency"]
    head = Text(f"{at['code']} {at['name']}", style="bold")
    where = [str(at[name]) for name in ("address", "city", "status") if at[name]]
    told = [head, Text(", ".join(where))]
    if at["grey"]:
        told.append(Text("! No longer yours. It stays here until your work for it was answered."))
    if owed["blocked_reason"]:
        told.append(Text(f"! Blocked: {owed['blocked_reason']}. Orders will be held."))
    room = "no limit" if owed["room_minor"] is None else money(owed["room_minor"], currency)
    told += [
        Text(
            f"Owes {money(owed['open_minor'], currency)} {currency}, "
            f"{money(owed['overdue_minor'], currency)} overdue; "
            f"may still order {room} (as of {owed['age']['words']})"
        ),
        Text(f"Next delivery: {screen['next_delivery'] or 'no day is open'}"),
    ]
    told[-1:-1] = paid(owed, currency)
    if screen["gaps"]:
        told.append(Text(f"Must stock and not on the shelf: {', '.join(screen['gaps'])}"))
    told += beside(screen["cards"], currency)
    return Group(*told, _items(screen), _orders(screen), _cards(screen), _contacts(screen))


def _items(screen: Screen) -> RenderableType:
    if not screen["items"]:
        return Text("No open items.")
    shown = _Table("number", "issued", "due", ">amount", ">open", "paid", title="Owed and paid")
    for one in screen["items"][:12]:
        amounts = (money(one[name], screen["currency"]) for name in ("amount_minor", "open_minor"))
        mark = "disputed" if one["disputed"] else one["paid_on"]
        shown.add(one["number"], one["issued_on"], one["due_on"], *amounts, mark)
    return shown


def _orders(screen: Screen) -> RenderableType:
    if not screen["orders"]:
        return Text(f"No orders yet. Take one: talaria-handheld order {screen['store']['code']}")
    shown = _Table("order", "taken", "deliver", "state", ">value", "", title="Last orders")
    for one in screen["orders"]:
        why = ", ".join(rule.replace("_", " ") for rule in one["holds"] or ())
        held = f" for {why}" if why else ""
        state = "waits to be sent" if one["unsent"] else f"{one['state']}{held}"
        value = money(one["net_minor"], screen["currency"])
        taken = when(one["captured_at"])
        number, last = one["number"], one["external_no"]
        shown.add(number, taken, one["deliver_on"], state, value, last)
    return shown


def _cards(screen: Screen) -> RenderableType:
    if not screen["cards"]:
        return Text(f"No visit cards yet: talaria-handheld card {screen['store']['code']}")
    shown = _Table("card of", ">products", ">on shelf", ">out of stock", "", title="Visit cards")
    for one in screen["cards"]:
        counts = (one["products"], one["on_shelf"], one["out_of_stock"])
        shown.add(when(one["captured_at"]), *counts, _sent(one))
    return shown


def _contacts(screen: Screen) -> RenderableType:
    lines = [
        " ".join(str(one[name]) for name in ("name", "role", "phone", "email") if one[name])
        for one in screen["contacts"]
    ]
    return Text("Contacts: " + ("; ".join(lines) or "none"))


def stock(screen: Screen) -> RenderableType:
    """Stock of the day, its age in the title."""
    if not screen["products"]:
        return Text(f"No product has all of: {screen['words']}. Try fewer letters.")
    title = f"{screen['warehouse']}: stock as of {screen['age']['words']}"
    shown = _Table("product", "name", ">pieces", ">cases", "due", ">price", "", title=title)
    for one in screen["products"]:
        there, case = one["available"], one["case"]
        cases = "" if there is None or case < 2 else str(max(0, there) // case)
        due = f"{one['due_quantity']} on {one['due_on']}" if one["due_on"] else ""
        note = "" if one["status"] == "active" else one["status"].replace("_", " ")
        if one["substitute"]:
            note += f", instead: {one['substitute']}"
        left = "not listed" if there is None else there
        price = _price(one["price"])
        shown.add(*(one["product"], one["name"], left, cases, due, price, note.strip(", ")))
    return shown


def order_pad(screen: Screen, number: str | None = None) -> RenderableType:
    """An order's lines in cases and pieces, its total, and what it does to the credit."""
    currency = screen["currency"]
    at = screen["store"]
    title = f"{at['code']} {at['name']}: " + (f"order {number}" if number else "not saved yet")
    shown = _Table(
        *("product", "name", ">cases", ">+ pieces", ">= pieces", ">each", ">off", ">net"),
        *(">stock", ""),
        title=title,
    )
    for one in screen["lines"]:
        off = money(one["discount_minor"], currency) if one["discount_minor"] else ""
        names = [one["promotion_name"]] * bool(off) + [f"{one['free']} free"] * bool(one["free"])
        note = "; ".join([*one["warnings"], *names])
        left = "?" if one["available"] is None else one["available"]
        pieces = (one["cases"], one["rest"]) if one["case"] > 1 else ("", "")
        net = money(one["net_minor"], currency)
        each = _price(one["unit_price"])
        shown.add(
            *(one["product"], one["name"], *pieces, one["quantity"], each, off, net, left, note),
        )
    owed = screen["credit"]
    told = [
        Text(f"Total {money(screen['net_minor'], currency)} {currency}", style="bold"),
        *map(Text, notes(screen)),
        Text(f"Delivery {screen['deliver_on'] or 'day open'}; stock as of "
             f"{screen['stock_age']['words']}"),
    ]  # fmt: skip
    if owed["room_minor"] is not None:
        told.append(
            Text(
                f"Credit: {money(owed['exposure_minor'], currency)} of "
                f"{money(owed['limit_minor'], currency)} used, as of {owed['age']['words']}; "
                f"after this order {money(screen['room_after_minor'], currency)} is left"
            )
        )
    if screen["over_credit"]:
        told.append(Text("! Over the credit limit: the office will hold this order.", "bold"))
    if owed["blocked_reason"]:
        told.append(Text(f"! Blocked: {owed['blocked_reason']}. The order will be held.", "bold"))
    return Group(shown, *told)


def suggestions(screen: Screen) -> RenderableType:
    """What to order, with its arithmetic."""
    if not screen["suggestions"]:
        return Text("Nothing to go by yet: no card, no order, no must-stock list for this store.")
    title = f"{screen['store']['code']} {screen['store']['name']}: suggested order"
    shown = _Table("product", "name", ">cases", ">pieces", "because", title=title)
    for one in screen["suggestions"]:
        because = "; ".join(
            f"{step['how']} = {step['value']} {STEP_WORDS.get(step['name'], step['name'])}"
            for step in one["steps"]
        )
        if one["missing"]:
            because = f"must stock, not on the shelf. {because}"
        if one["flag"]:
            because += " (a count or a delivery looks wrong)"
        if one["counted_on"]:
            because += f" (counted {one['counted_on']})"
        shown.add(one["product"], one["name"], one["cases"], one["quantity"], because)
    return shown


def plan(screen: Screen) -> RenderableType:
    """The plan of some days."""
    if not screen["stops"]:
        return Text(
            f"Nothing planned from {screen['first']} on. Plan a stop: "
            "talaria-handheld plan add STORE DAY"
        )
    shown = _Table("day", ">#", "store", "name", "town", "state", "")
    for stop in screen["stops"]:
        at = stop["store"] or {"code": None, "name": "a store no longer here", "city": None}
        note = "fixed by the office" if stop["pinned"] else _sent(stop)
        place = (stop["day"], stop["sequence"])
        shown.add(*place, at["code"], at["name"], at["city"], stop["state"], note)
    return shown


def outbox(screen: Screen) -> RenderableType:
    """What waits."""
    if not screen["changes"]:
        return Text("The outbox is empty: everything was received.")
    shown = _Table("what", "store", "taken", "undo with", title="Waiting to be sent")
    for one in screen["changes"]:
        undo = f"undo {one['number'] or one['id'][-6:]}" if one["undo"] else "may be sent already"
        if one["damaged"]:
            undo = "damaged on this disk: tell the office"
        at = f"{one['store']['code'] or ''} {one['store']['name']}"
        shown.add(one["what"], at, one["age"]["words"], undo)
    return shown


def verdicts(screen: Screen) -> RenderableType:
    """What became of the rep's work, in sentences."""
    told: list[RenderableType] = []
    for one in screen["verdicts"]:
        head = f"{one['what']} at {one['store']['name']}: {one['outcome']}"
        told.append(Text(head, style="bold"))
        says = [conflict.get("says") for conflict in one["conflicts"]] or [one["says"]]
        told += [below(sentence) for sentence in says if sentence]
    for one in screen["notices"]:
        at = f" at {one['store']['name']}" if one["store"] else ""
        answered = f": {one['resolution'].replace('_', ' ')}" if one["resolution"] else ""
        told.append(Text(f"{one['rule'].replace('_', ' ')}{at}{answered}", style="bold"))
        if one["says"]:
            told.append(below(one["says"]))
    if not told:
        return Text("Nothing to read: everything was taken as you sent it.")
    return Group(*told)


def listed(headings: tuple[str, ...], rows: list[list[str]]) -> RenderableType:
    """Rows under headings; columns in which nothing stands are left out."""
    shown = _Table(*headings)
    for row in rows:
        shown.add(*row)
    return shown.__rich__()


def below(sentence: str) -> RenderableType:
    """A sentence set in under its heading, however many lines of a narrow screen it takes."""
    return Padding(Text(sentence), (0, 0, 0, 2), expand=False)


def show(console: Console, what: RenderableType) -> None:
    """Draw it; figures are not coloured, so that a copy reads the same on paper."""
    console.print(what, highlight=False)
