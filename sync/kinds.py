"""KINDS: each kind, which feed and scope carry it, and what a handheld may push of it.

`feed` is "company" (the company's cell) or "field" (a depot's cell). `scope` is the pattern of
the scope a row lives in. `acts` are the changes a rep may push; empty = it only travels down.
Order matters: a bootstrap sends kinds of a scope in this order, so what others point at is first.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of replicated row."""

    name: str
    feed: str
    scope: str
    acts: tuple[str, ...] = ()


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("period", "company", "company"),
        Kind("policy", "company", "company"),
        Kind("price_list", "company", "company"),
        Kind("product", "company", "company"),
        Kind("promotion", "company", "company"),
        Kind("tax_rate", "company", "company"),
        Kind("must_stock", "company", "company"),
        Kind("price", "company", "pl:<list>"),
        Kind("warehouse", "field", "wh:<warehouse>"),
        Kind("stock", "field", "wh:<warehouse>"),
        Kind("plan_stop", "field", "rep:<rep>", acts=("save",)),
        Kind("conflict", "field", "rep:<rep>", acts=("answer",)),
        Kind("store", "field", "st:<store>", acts=("edit", "create")),
        Kind("contact", "field", "st:<store>", acts=("save", "remove")),
        Kind("receivable", "field", "st:<store>"),
        Kind("visit", "field", "st:<store>", acts=("save",)),
        Kind("card", "field", "st:<store>", acts=("submit", "amend")),
        Kind("order", "field", "st:<store>", acts=("submit", "revise", "cancel")),
        Kind("collection", "field", "st:<store>", acts=("submit",)),
    )
}


def scope_family(scope: str) -> str:
    """Return the family of a scope: "st:0190..." -> "st", "company" -> "company"."""
    return scope.partition(":")[0]


def kinds_of(scope: str) -> tuple[str, ...]:
    """Return the kinds that live in a scope, in bootstrap order."""
    family = scope_family(scope)
    return tuple(kind.name for kind in KINDS.values() if scope_family(kind.scope) == family)


def may_push(kind: str, act: str) -> bool:
    """Say whether a handheld may push this act of this kind."""
    return kind in KINDS and act in KINDS[kind].acts
