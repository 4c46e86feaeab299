"""What a rep types, read: order lines, card lines, and the questions asked where a person sits."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import typer
from rich.console import Console

from handhelds.reference import screens, tables
from handhelds.reference.money import money
from handhelds.reference.pad import Refused
from handhelds.reference.queries import Row, parts
from handhelds.reference.scan import by_barcode
from handhelds.reference.visit import Rep, Wanted
from sync.terms.price import minor_digits
from sync.terms.quantity import EXACT, round_half_up

_LINE = re.compile(r"\A(?P<product>.+):\s*(?P<typed>[0-9]+(?:\.[0-9]+)?)\s*(?P<uom>[a-z]*)\Z", re.I)
_COUNTS = {"facings": "facings", "shelf": "shelf_stock", "back": "back_stock"}
SPELLINGS = {"": "each", "c": "case", "cs": "case", "cases": "case", "ea": "each", "pcs": "each"}


def order_line(text: str) -> Wanted:
    """20041:2case -> two cases of 20041; 904:6 -> six pieces."""
    found = _LINE.match(text.strip())
    if found is None:
        raise Refused(f"{text} is no line: write PRODUCT:QUANTITY, such as 20041:2case or 904:6")
    unit = found["uom"].lower()
    return Wanted(found["product"].strip(), found["typed"], SPELLINGS.get(unit, unit))


def card_line(text: str, digits: int) -> dict[str, Any]:
    """20041:facings=3,shelf=12,back=6,price=1.49,promo -> a card's line; 904:out -> out of stock;
    904:no -> not on the shelf. digits: of the currency, for the price on the shelf."""
    product, _, rest = text.partition(":")
    line: dict[str, Any] = {"product": product.strip(), "on_shelf": True}
    for word in filter(None, (part.strip() for part in rest.split(","))):
        name, _, value = word.partition("=")
        if name == "out":
            line |= {"on_shelf": False, "out_of_stock": True, "shelf_stock": 0}
        elif name == "no":
            line |= {"on_shelf": False, "listed": False}
        elif name == "promo":
            line["promotion_seen"] = True
        elif name == "expiry":
            line["nearest_expiry"] = value
        elif name == "price":
            line["price_minor"] = _minor(value, digits)
        elif name in _COUNTS and value.isdigit():
            line[_COUNTS[name]] = int(value)
        else:
            raise Refused(
                f"{word} says nothing: write facings=3, shelf=12, back=6, price=1.49, "
                "expiry=2026-12-31, promo, out or no"
            )
    return line


def competitor_line(text: str, digits: int) -> dict[str, Any]:
    """Kola Zero:price=1.29,facings=4,promo,note=new shelf, by the till -> what stands beside ours.
    A note takes all that comes after it. digits: of the currency."""
    name, _, rest = text.partition(":")
    line: dict[str, Any] = {"name": name.strip()}
    rest, has_note, note = rest.partition("note=")
    if has_note:
        line["note"] = note.strip()
    for word in filter(None, (part.strip() for part in rest.split(","))):
        what, _, value = word.partition("=")
        if what == "promo":
            line["promotion_seen"] = True
        elif what == "price":
            line["price_minor"] = _minor(value, digits)
        elif what == "facings" and value.isdigit():
            line["facings"] = int(value)
        else:
            raise Refused(f"{word} says nothing: write price=1.29, facings=4, promo or note=text")
    return line


def _minor(text: str, digits: int) -> int:
    try:
        return round_half_up(Decimal(text).scaleb(digits, EXACT))
    except InvalidOperation:
        raise Refused(f"{text} is no price: write it like 1.49") from None


def repeated(rep: Rep, named: str) -> list[Wanted]:
    """The lines of the store's last order, as they were typed."""
    store = rep.store(named)
    orders = rep.queries.rows("order", store["id"])
    if not orders:
        raise Refused(f"there is no order of {store['name']} to repeat yet")
    last = max(orders, key=lambda row: str(row["captured_at"] or ""))
    return [
        Wanted(line["product"], f"{Decimal(str(line['typed'])).normalize():f}", line["uom"])
        for line in parts("order", "lines", last["lines"])
    ]


def ask_lines(console: Console, rep: Rep, named: str) -> list[Wanted]:
    """Ask for lines until an empty answer. A word that is no line searches the products."""
    console.print("Type PRODUCT:QUANTITY (20041:2case), words to search, or Enter to finish.")
    wanted: list[Wanted] = []
    while text := typer.prompt("line", default="", show_default=False).strip():
        if ":" not in text:
            found = screens.stock(rep, text, named, 12)
            tables.show(console, tables.stock(found))
            continue
        try:
            line = by_barcode(rep.queries, order_line(text))
            _, (priced,) = rep.price(named, [line])
        except Refused as no:
            console.print(f"{no}.", highlight=False, markup=False)
            continue
        wanted.append(line)
        warned = f" ({'; '.join(priced.warnings)})" if priced.warnings else ""
        net = money(priced.net_minor, rep.pad.company()["currency"])
        console.print(f"{priced.name}: {priced.quantity} pieces, {net}{warned}", markup=False)
    return wanted


def ask_card(
    console: Console, rep: Rep, named: str, lines: Sequence[dict[str, Any]], *, ask: bool
) -> list[dict[str, Any]]:
    """The last card's products with last time's figures; with `ask`, one question a product:
    Enter keeps them, 0 is out of stock, a number is the stock on the shelf."""
    given = {line["product"]: line for line in lines}
    last = _last_lines(rep, rep.store(named))
    if not last and not given:
        raise Refused(f"there is no card of {named} to start from: use --line PRODUCT:shelf=12")
    kept: list[dict[str, Any]] = []
    for line in last:
        product = rep.queries.product(line["product"])
        if product is None or line["product"] in given:
            continue
        if ask:
            shown = "out of stock" if line.get("out_of_stock") else line.get("shelf_stock")
            question = f"{line['product']} {product['name']} [{shown}]"
            answer = typer.prompt(question, default="", show_default=False).strip()
            if answer == "0":
                line |= {"on_shelf": False, "out_of_stock": True, "shelf_stock": 0}
            elif answer.isdigit():
                line |= {"on_shelf": True, "out_of_stock": False, "shelf_stock": int(answer)}
            elif answer:
                raise Refused(f"{answer} is no number of pieces")
        kept.append(line)
    return kept + list(given.values())


def ask_competitors(
    rep: Rep, named: str, lines: Sequence[dict[str, Any]], *, ask: bool
) -> list[dict[str, Any]]:
    """What stood beside ours last time, with last time's figures; with `ask`, one question each:
    Enter keeps them, a price is the price now, - says that it is not there any more."""
    given = {_key(line): line for line in lines}
    currency = rep.pad.company()["currency"]
    kept: list[dict[str, Any]] = []
    for line in last_competitors(rep, rep.store(named)):
        if _key(line) in given:
            continue
        if ask:
            price = line.get("price_minor")
            shown = "no price" if price is None else money(price, currency)
            answer = typer.prompt(f"{line['name']} [{shown}]", default="", show_default=False)
            if answer.strip() == "-":
                continue
            if answer.strip():
                line |= {"price_minor": _minor(answer.strip(), minor_digits(currency))}
        kept.append(line)
    return kept + list(given.values())


def last_competitors(rep: Rep, store: Row) -> list[dict[str, Any]]:
    """Name, price and facings of the newest card of a store that names any competitor."""
    cards = [row for row in rep.queries.rows("card", store["id"]) if row["competitors"]]
    newest = max(cards, key=lambda row: str(row["captured_at"] or ""), default=None)
    return [
        {name: line[name] for name in ("name", "price_minor", "facings") if line[name] is not None}
        for line in parts("card", "competitors", newest["competitors"] if newest else None)
    ]


def _key(line: dict[str, Any]) -> str:
    """A competitor's name as it is told apart: however it was spaced and capitalised."""
    return " ".join(str(line["name"]).split()).casefold()


def _last_lines(rep: Rep, store: Row) -> list[dict[str, Any]]:
    """The newest card's lines without what is worth noting anew each time."""
    cards = rep.queries.rows("card", store["id"])
    if not cards:
        return []
    newest = max(cards, key=lambda row: str(row["captured_at"] or ""))
    dropped = ("nearest_expiry", "promotion_seen", "back_stock")
    return [
        {name: value for name, value in line.items() if name not in dropped and value is not None}
        for line in parts("card", "lines", newest["lines"])
    ]
