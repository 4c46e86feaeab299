"""Which adapter speaks to which kind of delivery target. A new kind is one line in MAKERS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from server.delivery import over_files, over_http
from server.delivery.contract import Adapter, Target
from server.delivery.ubl import over_http as ubl_over_http

MAKERS: dict[str, Callable[[Target], Adapter]] = {
    "http": over_http.make,
    "files": over_files.make,
    "ubl": ubl_over_http.make,
}
"""delivery_target.kind -> what makes its adapter (ValueError: the settings cannot be used)."""


def target_of(row: Mapping[str, Any]) -> Target:
    """A delivery target's row (the column `code` may be called `target`) as adapters take it."""
    return Target(
        code=row["target"] if "target" in row else row["code"],
        kind=row["kind"],
        url=row["url"],
        secret=row["secret"],
        can_look_up=row["can_look_up"],
        dedupes=row["dedupes"],
        allow_private=row["allow_private"],
        options=row["options"],
    )


def make(target: Target) -> Adapter:
    """The adapter of a target's kind. ValueError says in words what is wrong with its settings."""
    maker = MAKERS.get(target.kind)
    if maker is None:
        known = ", ".join(sorted(MAKERS))
        raise ValueError(f"there are no delivery systems of kind {target.kind!r}, only: {known}")
    return maker(target)


def adapter_for(row: Mapping[str, Any]) -> Adapter:
    """The adapter of a target's row. ValueError when the row cannot be used."""
    return make(target_of(row))
