"""Which open items a payment settles: oldest due first, and what is left stays on account.

A proposal never touches an item the store disputes, a credit note, or money on account. Whoever
posts the money settles what is still open then; nothing is ever settled beyond what is open, and
no minor unit is lost: settled + on account = the amount.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

Use = tuple[str, int]
"""An item's number and the minor units settled of it."""


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An open item of a store, as far as a payment cares."""

    number: str
    due_on: date
    open_minor: int
    kind: str = "invoice"
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of a payment: items settled, and the rest on account."""

    uses: tuple[Use, ...]
    on_account_minor: int


def payable(item: OpenItem) -> bool:
    """Whether a payment may settle this item: an invoice with something open."""
    return item.kind == "invoice" and item.open_minor > 0


def propose(amount_minor: int, items: Iterable[OpenItem]) -> tuple[Use, ...]:
    """Oldest due first, by number within a day, each as far as the money goes.

    An amount of nothing or less settles nothing.
    """
    left = amount_minor
    uses: list[Use] = []
    for item in sorted(items, key=lambda one: (one.due_on, one.number)):
        if left <= 0:
            break
        if item.disputed or not payable(item):
            continue
        use = min(left, item.open_minor)
        uses.append((item.number, use))
        left -= use
    return tuple(uses)


def settle(amount_minor: int, wished: Sequence[Use], open_minor: Mapping[str, int]) -> Settled:
    """Settle what was wished, in that order, as far as it is open and the money goes.

    open_minor: what is open of each item that a payment may settle; what is not in it is not
    open. The rest of a wish is not carried to another item: nobody wished that.
    """
    money, left = max(0, amount_minor), dict(open_minor)
    uses: dict[str, int] = {}
    for number, minor in wished:
        use = min(money, max(0, minor), max(0, left.get(number, 0)))
        if use:
            uses[number] = uses.get(number, 0) + use
            left[number] -= use
            money -= use
    return Settled(tuple(uses.items()), money)
