"""The `then` of rules that ask of an order or of any of its lines."""

from sync.decisions.shapes import ADJUSTED_GO_ON, HELD, NOTED, Answer
from sync.subjects.order import Working, WorkingLine


def hold_for_office(w: Working, x: WorkingLine | None = None) -> Answer:
    """Change nothing; a person decides. What is proposed stands if the person lets it go."""
    return HELD


def let_pass(w: Working, x: WorkingLine | None = None) -> Answer:
    """Change nothing and say so."""
    return NOTED


def apply_arithmetic(w: Working, x: WorkingLine | None = None) -> Answer:
    """Quantity, price and discount stand; the total follows from them."""
    return ADJUSTED_GO_ON
