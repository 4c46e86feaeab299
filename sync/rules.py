"""The only file that decides (being filled; the signatures below stand)."""

from sync.decisions import Decision
from sync.facts import Facts, Order, Policy


def decide(order: Order, facts: Facts) -> Decision:
    """Ask every question about an order; change nothing. Fold the answer to go on to the next."""
    raise NotImplementedError


def fold(facts: Facts, order: Order, decision: Decision) -> None:
    """Let the next order of the batch see what this one took."""
    raise NotImplementedError


def validate_policies(policies: tuple[Policy, ...]) -> list[str]:
    """What is wrong with these policy rows, in words; empty = nothing."""
    raise NotImplementedError
