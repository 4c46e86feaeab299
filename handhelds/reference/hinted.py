"""What a little more would bring and what tax comes on top: for the order pad, in words."""

from typing import Any

from handhelds.reference.money import money
from handhelds.reference.pad import Pad
from handhelds.reference.pricing import Offer
from sync.terms.hint import Hint
from sync.terms.tax import Tax

Shown = dict[str, Any]


def tax_shown(one: Tax) -> Shown:
    percent = None if one.percent is None else f"{one.percent.normalize():f}"
    names = ("tax_class", "net_minor", "tax_minor")
    return {name: getattr(one, name) for name in names} | {"percent": percent}


def hint_shown(pad: Pad, hint: Hint, offer: Offer) -> Shown:
    """What a little more would bring, in words and figures."""
    names = ("promotion", "more", "more_minor", "amount_minor", "free", "product")
    shown: Shown = {name: getattr(hint, name) for name in names}
    shown["percent"] = None if hint.percent is None else f"{hint.percent.normalize():f}"
    shown["products"] = None if hint.products is None else list(hint.products)
    return shown | {"name": offer.name, "says": _hint_words(pad, hint, offer)}


def _hint_words(pad: Pad, hint: Hint, offer: Offer) -> str:
    """One line for the rep: "2 more of Cola 1 l for 5 % off"."""
    currency = pad.company()["currency"]
    of = {None: "", 1: f" of {_named(pad, *(hint.products or ('',))[:1])}"}.get(
        None if hint.products is None else len(hint.products), " of its products"
    )
    if hint.kind == "buy_get":
        less = "free" if offer.percent is None else f"at {offer.percent.normalize():f} % off"
        got = f"{hint.free} of {_named(pad, hint.product or '')}"
        if not hint.more:
            return f"{got} {less}, earned already: add it to the order"
        return f"{hint.more} more{of}, then {got} {less}"
    more = f"{money(hint.more_minor, currency)} {currency}" if hint.more_minor else f"{hint.more}"
    if hint.percent is not None:
        what = f"{hint.percent.normalize():f} % off"
    else:
        each = "" if hint.kind == "order" else " each"
        what = f"{money(hint.amount_minor or 0, currency)} {currency} off{each}"
    whole = " the whole order" if hint.kind == "order" else ""
    return f"{more} more{of} for {what}{whole}"


def _named(pad: Pad, code: str) -> str:
    found = pad.queries.product(code)
    return code if found is None else str(found["name"])


def notes(screen: Shown) -> list[str]:
    """The lines under an order: its tax, and what a little more would bring."""
    currency = screen["currency"]
    found = []
    for one in screen["taxes"]:
        net = f"{one['tax_class']} on {money(one['net_minor'], currency)}"
        if one["tax_minor"] is None:
            found.append(f"Tax {net}: no rate for the day is known here")
        else:
            found.append(f"Tax {net} at {one['percent']} %: {money(one['tax_minor'], currency)}")
    if screen["taxes"] and screen["with_tax_minor"] is not None:
        found.append(f"With tax {money(screen['with_tax_minor'], currency)} {currency}")
    return found + [f"+ {one['says']} ({one['name']})" for one in screen["hints"]]
