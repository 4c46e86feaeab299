"""The figures a rule shows to people: what was sent, what is so now, what is proposed, and why.

One function a rule, called before its decision changes anything. Figures are plain values for
the wire: prices as decimal text, money in minor units under names ending in `_minor`, times as
ISO 8601 in the store's own zone, days as ISO dates. sentences/ makes words of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from sync.decisions.shapes import Plain
from sync.facts import StoreFacts
from sync.subjects.order import Working, WorkingLine


@dataclass(frozen=True, slots=True)
class Told:
    """Figures of one conflict; `proposed` is what stands if a person lets it go."""

    yours: Plain
    now: Plain
    proposed: Plain
    more: Mapping[str, Plain]


class Placed(Protocol):
    """A working copy that stands in a store's zone; `shown` keeps what was worked out."""

    store: StoreFacts | None
    shown: dict[datetime, str]


def when(w: Placed, moment: datetime | None) -> str | None:
    """A moment as the store's wall shows it, to the second."""
    if moment is None:
        return None
    shown = w.shown.get(moment)
    if shown is None:
        zone = "UTC" if w.store is None else w.store.zone
        shown = moment.astimezone(ZoneInfo(zone)).replace(microsecond=0).isoformat()
        w.shown[moment] = shown
    return shown


def price_text(price: Decimal | None) -> str | None:
    """A price as decimal text, without zeros that say nothing beyond the second digit."""
    if price is None:
        return None
    whole, _, part = f"{price:f}".partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}"


def of_order(w: Working, **more: Plain) -> dict[str, Plain]:
    name = None if w.store is None else w.store.name
    return {"number": w.order.number, "captured": when(w, w.at), "store": name, **more}


def of_line(w: Working, x: WorkingLine, **more: Plain) -> dict[str, Plain]:
    name = x.line.product if x.product is None else x.product.name
    return {"code": x.line.product, "product": name, "captured": when(w, w.at), **more}
