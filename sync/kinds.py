"""KINDS: each kind, which feed and scope carry it, and what a handheld may push of it.

`feed` is "company" (the company's cell) or "field" (a depot's cell). `scope` is the pattern of
the scope a row lives in. `acts` are the changes a rep may push; empty = it only travels down.
Order matters: a bootstrap sends kinds of a scope in this order, so what others point at is first.
"""

from dataclasses import dataclass

from schemas.versions import NEWEST, later_kinds


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
        Kind("target", "field", "rep:<rep>"),
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


def kinds_of(scope: str, version: int = NEWEST) -> tuple[str, ...]:
    """Return the kinds that live in a scope, in bootstrap order, as far as a version knows them."""
    family, later = scope_family(scope), later_kinds(version)
    mine = (kind.name for kind in KINDS.values() if scope_family(kind.scope) == family)
    return tuple(name for name in mine if name not in later)


def untold(version: int) -> list[str]:
    """Kinds of entries that tell a handheld of a version nothing."""
    return ["grant", *sorted(later_kinds(version))]


def may_push(kind: str, act: str) -> bool:
    """Say whether a handheld may push this act of this kind."""
    return kind in KINDS and act in KINDS[kind].acts
