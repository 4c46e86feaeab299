"""RULES: every table of this folder by kind, and each row by its name."""

from collections.abc import Mapping
from typing import cast

from sync.rules.field import OF_EDITS
from sync.rules.money import OF_MONEY
from sync.rules.order_edits import OF_ORDER_EDITS
from sync.rules.orders import ORDER, ORDER_LINE
from sync.rules.rule import Rule
from sync.rules.watch import OF_WATCH

RULES: Mapping[str, Mapping[str, tuple[Rule[...], ...]]] = {
    "order": cast(Mapping[str, tuple[Rule[...], ...]], ORDER),
    "order_line": cast(Mapping[str, tuple[Rule[...], ...]], ORDER_LINE),
    **OF_EDITS,
    **OF_MONEY,
    **OF_WATCH,
    **OF_ORDER_EDITS,
}
BY_NAME: Mapping[str, Rule[...]] = {
    row.name: row for kind in RULES.values() for rows in kind.values() for row in rows
}
ANSWERS = {name: row.answers for name, row in BY_NAME.items()}
PARAMS = {
    name: {key: bounds[0] for key, bounds in row.params.items()} for name, row in BY_NAME.items()
}
