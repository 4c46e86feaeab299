"""The shape of a rule: one row of the tables in this folder."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, ParamSpec

from sync.decisions.shapes import Answer, Item
from sync.facts import OrderType
from sync.tell.shown import Told

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Rule(Generic[P]):
    """One row.

    `of`: the numbers of the conflict rules it is part of (manual/); empty = a check beside them.
    `types`: the types of orders it is asked of; empty = all of them.
    `params`: name -> (default, least, most) of what a policy may set.
    Its item of the inbox: `item` (empty: a hold, or what became of the work), `owner` (the role
    that answers it), `office_answers` (empty: those of its item) and `rep_answers` by name; an
    answer is offered where it fits what the rule did (desk/answers.py).
    """

    name: str
    when: Callable[P, bool]
    then: Callable[P, Answer]
    instead: tuple[Callable[P, Answer], ...] = ()
    of: tuple[int, ...] = field(kw_only=True)
    tell: Callable[P, Told] = field(kw_only=True)
    types: tuple[OrderType, ...] = field(default=(), kw_only=True)
    params: Mapping[str, tuple[int, int, int]] = field(default_factory=dict, kw_only=True)
    release: Callable[P, Answer] | None = field(default=None, kw_only=True)
    releasable: bool = field(default=True, kw_only=True)
    promises: bool = field(default=True, kw_only=True)
    item: Item | None = field(default=None, kw_only=True)
    owner: str = field(default="order_desk", kw_only=True)
    office_answers: tuple[str, ...] = field(default=(), kw_only=True)
    rep_answers: tuple[str, ...] = field(default=(), kw_only=True)

    def is_asked_of(self, order_type: OrderType) -> bool:
        return not self.types or order_type in self.types

    @property
    def answers(self) -> dict[str, Callable[P, Answer]]:
        """Every answer this row may give, by name; the first is the default."""
        return {one.__name__: one for one in (self.then, *self.instead)}
