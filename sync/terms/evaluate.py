"""What the promotions give on an order, line by line: one function for server and handheld.

Two rounds. First those that speak of lines, then those that speak of the order, on what the
first have left. In each round the same rule, for every line (or the order) by itself:

1. Of the promotions that give something there, the largest priority decides.
2. One that does not stack stands alone; those that stack go together, by priority (larger
   first), then by id, each on what those before it have left.
3. Where the largest priority is of several, what gives most stands: each one alone that does not
   stack, or all that stack together; of equal amounts the one with the smallest id.

Every amount is rounded half up, once for each line and promotion. What an order promotion gives
is rounded once for the order and spread over its lines by largest remainder (spread.py), so that
the lines' nets always sum to the order's. Nothing depends on how lines or promotions are listed.

A line that names its promotions gets what it names and nothing else. So who checks an order needs
only the promotions it names, and finds what was found among all there were: what stood on a line
then stands among fewer too.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sync.terms.promotion import (
    Bought,
    Promotion,
    Rate,
    Where,
    is_for_store,
    is_live,
    lines_of,
    offers_of,
    percent_rate,
    reached,
)
from sync.terms.spread import spread


@dataclass(frozen=True, slots=True)
class Granted:
    """What a promotion gives on a line, and the rate that keeps it for a part of the line."""

    promotion: str
    minor: int
    rate: Rate


Given = dict[int, tuple[Granted, ...]]
"""Line -> what it gets, in the order in which it was taken off. Lines that get nothing are out."""

Offer = tuple[Promotion, tuple[Rate, ...]]
Some = TypeVar("Some")


def evaluate(
    lines: Iterable[Bought], promotions: Iterable[Promotion], store: Where, when: datetime
) -> Given:
    """What the promotions of this store at this moment give on an order."""
    return give(lines, [p for p in promotions if is_live(p, when) and is_for_store(p, store)])


def give(lines: Iterable[Bought], promotions: Iterable[Promotion]) -> Given:
    """The same without asking when they run and which stores they are for."""
    order = sorted(promotions, key=lambda p: (-p.priority, p.id))
    bought = sorted(lines, key=lambda x: x.n)
    given: dict[int, list[Granted]] = {x.n: [] for x in bought}
    offers: dict[int, list[Offer]] = {x.n: [] for x in bought}
    for one in order:
        if one.kind != "order":
            mine = lines_of(one, bought)
            for n, rates in offers_of(one, mine).items():
                offers[n].append((one, rates))
    for x in bought:
        here = [offer for offer in offers[x.n] if x.takes(offer[0].id)]
        if here:
            given[x.n] = _on_line(x, here)
    _on_order(bought, [one for one in order if one.kind == "order"], given)
    return {n: tuple(granted) for n, granted in given.items() if granted}


def _on_line(x: Bought, offers: Sequence[Offer]) -> list[Granted]:
    def taken(some: Sequence[Offer]) -> list[Granted]:
        left, found = x.gross_minor, []
        for one, rates in some:
            off, at = max((rate.off_minor(x.quantity, left), -at) for at, rate in enumerate(rates))
            if off:
                found.append(Granted(one.id, off, rates[-at]))
                left -= off
        return found

    return _stands(offers, taken, lambda found: sum(one.minor for one in found))


def _on_order(
    bought: Sequence[Bought], promotions: Sequence[Promotion], given: dict[int, list[Granted]]
) -> None:
    """The second round: adds each line's part of what is given on the order to `given`."""
    if not promotions:
        return

    def taken(some: Sequence[Offer]) -> list[tuple[int, Granted]]:
        left = {x.n: x.gross_minor - sum(one.minor for one in given[x.n]) for x in bought}
        found = []
        for one, _ in some:
            mine = lines_of(one, bought)
            weights = [max(0, left[x.n]) for x in mine]
            for x, weight, off in zip(mine, weights, _parts(one, mine, weights), strict=True):
                if off:
                    left[x.n] -= off
                    found.append((x.n, Granted(one.id, off, Rate(num=off, den=weight))))
        return found

    by_n = {x.n: x for x in bought}
    offers: list[Offer] = [(one, ()) for one in promotions]
    for n, granted in _stands(offers, taken, lambda found: sum(one.minor for _, one in found)):
        if by_n[n].takes(granted.promotion):
            given[n].append(granted)


def _parts(one: Promotion, mine: Sequence[Bought], weights: Sequence[int]) -> list[int]:
    """What an order promotion gives on each of its lines, of which `weights` is left."""
    total = sum(weights)
    amounts = [0]
    for step in reached(one, mine):
        if step.percent is not None:
            amounts.append(percent_rate(step.percent).off_minor(1, total))
        else:
            amounts.append(max(0, min(step.amount_minor or 0, total)))
    return spread(max(amounts), weights)


def _stands(
    offers: Sequence[Offer],
    taken: Callable[[Sequence[Offer]], list[Some]],
    worth: Callable[[list[Some]], int],
) -> list[Some]:
    """Which of the offers stand (the rule above); offers come by priority, then by id."""
    if len(offers) == 1:
        return taken(offers)
    live = [offer for offer in offers if worth(taken([offer]))]
    if len(live) < 2:
        return taken(live)
    first = live[0][0].priority
    alone = [[offer] for offer in live if not offer[0].stacks and offer[0].priority == first]
    together = [offer for offer in live if offer[0].stacks]
    if together and together[0][0].priority == first:
        alone.append(together)
    ranked = [(-worth(taken(some)), some[0][0].id, some) for some in alone]
    return taken(min(ranked, key=lambda one: one[:2])[2])
