"""What stands beside ours, drawn for a terminal."""

from collections.abc import Iterable

from rich.text import Text

from handhelds.reference.money import money
from handhelds.reference.queries import Row


def beside(cards: Iterable[Row], currency: str) -> list[Text]:
    """The competitor lines of the newest card that has any, in one sentence. cards: newest first,
    as screens show them."""
    named = next((card["competitors"] for card in cards if card["competitors"]), ())
    told = "; ".join(_line(one, currency) for one in named)
    return [Text(f"Beside ours: {told}")] * bool(told)


def _line(one: Row, currency: str) -> str:
    price, facings = one["price_minor"], one["facings"]
    said = [str(one["name"])]
    said += [] if price is None else [money(price, currency)]
    said += [] if facings is None else [f"{facings} facing{'' if facings == 1 else 's'}"]
    said += ["promoted"] * bool(one["promotion_seen"])
    said += [str(one["note"])] * bool(one["note"])
    return ", ".join(said)
