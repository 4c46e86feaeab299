"""Forms that edit a row: what was typed, what the page showed, and how both are read.

A form sends each field twice, as typed (`phone`) and as the page showed it (`was_phone`): so what
somebody else changed meanwhile is noticed (sync/desk/edits.py), however long the page stood open.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from schemas.problem import Problem
from sync.owners import OWNERS, Value

FLAGS = {"yes": True, "no": False, "": None}
_ID = re.compile(r"\A[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.ASCII)


def known_id(text: str) -> str:
    """An id as it stands in an address; raises not_found for anything else."""
    if not _ID.fullmatch(text):
        raise Problem("not_found", "There is nothing of this id.")
    return text


def typed(
    kind: str, names: Iterable[str], form: Mapping[str, str], prefix: str = ""
) -> dict[str, Any]:
    """The fields of a form as values, under their own names; what is no number stays text."""
    found: dict[str, Any] = {}
    for name in names:
        if prefix + name not in form:
            continue
        found[name] = value_of(kind, name, form[prefix + name])
    return found


def value_of(kind: str, name: str, text: str) -> Value:
    """One typed value: nothing is empty, a count a whole number, yes and no a flag."""
    field = OWNERS[kind][name.rpartition(".")[2]]
    bare = " ".join(text.replace("\x00", "").split())[:500]
    if field.holds == "flag":
        return FLAGS.get(bare)
    if field.holds == "whole" and bare.isascii() and bare.isdigit() and len(bare) < 10:
        return int(bare)
    return bare or None


def shown(value: Value) -> str:
    """A value as it stands in an input."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
