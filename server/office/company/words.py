"""Words of trade terms for the console: what a promotion gives, and to whom."""

from typing import Any

from flask import Blueprint, g

from server.office.words import money

KINDS = {
    "percent": "Percentage",
    "amount": "Amount off",
    "tiers": "Steps",
    "buy_get": "Free pieces",
    "order": "Whole order",
}


def _money(minor: int) -> str:
    return money(minor, g.person.currency)


def _percent(value: Any) -> str:
    """7.5000 -> 7.5 %."""
    whole = f"{value}"
    return f"{whole.rstrip('0').rstrip('.') if '.' in whole else whole} %"


def gives(one: Any) -> list[str]:
    """What a promotion gives, a line for each step."""
    if one.kind == "buy_get":
        less = "free" if one.percent is None else f"at {_percent(one.percent)} off"
        return [f"Buy {one.buy}, get {one.get}{' ' + one.get_name if one.get_name else ''} {less}"]
    what = " off the order" if one.kind == "order" else " off"
    steps = one.tiers if one.kind in ("tiers", "order") and one.tiers else None
    if steps is None:
        steps = [[None, None if one.kind == "amount" else one.percent, one.amount_minor]]
    found = []
    for reach, percent, amount in steps:
        off = _percent(percent) if percent is not None else _money(amount or 0)
        piece = " each" if percent is None and one.kind != "order" else ""
        by_value = one.kind == "order" or one.tier_by == "value"
        since = "" if reach is None else f"from {_money(reach) if by_value else reach}: "
        found.append(f"{since}{off}{what}{piece}")
    return found


def for_whom(one: Any) -> str:
    """Whom a promotion is for, in words."""
    parts = [
        one.store_name or "",
        f"banner {one.banner}" if one.banner else "",
        f"channel {one.channel}" if one.channel else "",
        f"class {one.store_class}" if one.store_class else "",
    ]
    return ", ".join(part for part in parts if part) or "every store"


def install(blueprint: Blueprint) -> None:
    """Make all of this known to the templates."""
    blueprint.add_app_template_filter(gives, "promotion_gives")
    blueprint.add_app_template_filter(for_whom, "promotion_for")
    blueprint.add_app_template_global(lambda: KINDS, "promotion_kinds")
