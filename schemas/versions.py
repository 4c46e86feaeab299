"""STEPS: what each version of the protocol added and renamed, as a table. All else follows from it.

The code speaks the newest version. A pull is answered in the version it names (`schema`): rows lose
what came later and get their former names back. A change speaks the version it was made in (`v`):
it is brought to the newest before it is decided, and its verdict is said in its own words. So a
new version is one row here, one migration, and the recorded traffic of the version before it.

A kind that came later does not exist for an earlier version: it has no columns there, and neither
rows, removals, news nor digests speak of it.

A field stands for one thing in every place of its kind: a column of its rows, a name in `set` and
`base` of its edits, a member of its bodies, and `field` of a conflict about it.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from schemas.rows import PARTS, ROWS

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Step(NamedTuple):
    """What one version changed. `added`: kind -> fields, null where nobody filled them in.
    `renamed`: kind -> former name -> new name. `kinds`: those that no earlier version has."""

    version: int
    says: str
    added: Mapping[str, tuple[str, ...]] = _NOTHING
    renamed: Mapping[str, Mapping[str, str]] = _NOTHING
    kinds: tuple[str, ...] = ()


STEPS: tuple[Step, ...] = (
    Step(2, "A contact has an email address.", added={"contact": ("email",)}),
    Step(
        3,
        "What a store called opening is called opening_hours.",
        renamed={"store": {"opening": "opening_hours"}},
    ),
    Step(4, "A visit card has competitor lines.", added={"card": ("competitors",)}),
    Step(5, "A rep has a target for a period: a new kind, target.", kinds=("target",)),
)
"""In order, from version 2 on. Never take one away: changes of any age may still come."""

NEWEST = 1 + len(STEPS)
SERVED_BACK = 2
OLDEST = max(1, NEWEST - SERVED_BACK)
"""Pulls are answered from OLDEST to NEWEST; changes are read from version 1 on, for ever."""


def is_served(version: int) -> bool:
    """Whether a pull may ask for rows of this version."""
    return OLDEST <= version <= NEWEST


def steps_after(version: int) -> tuple[Step, ...]:
    """The steps from a version to the newest, in order."""
    return tuple(step for step in STEPS if step.version > version)


@cache
def later_kinds(version: int) -> frozenset[str]:
    """The kinds that a version does not know."""
    return frozenset(kind for step in steps_after(version) for kind in step.kinds)


@cache
def former_names(kind: str, version: int) -> Mapping[str, str | None]:
    """Fields of a kind that a version has not, or by another name: today's name -> its own, None
    where it has none. Every other field it has by today's name."""
    if kind in later_kinds(version):
        return dict.fromkeys(ROWS[kind])
    names: dict[str, str | None] = {}
    for step in reversed(steps_after(version)):
        for old, new in step.renamed.get(kind, {}).items():
            today = next((now for now, then in names.items() if then == new), new)
            names[today] = old
        for name in step.added.get(kind, ()):
            today = next((now for now, then in names.items() if then == name), name)
            names[today] = None
    return names


def name_at(kind: str, name: str, version: int) -> str | None:
    """What a version calls a field of today; None where it has none."""
    return former_names(kind, version).get(name, name)


@cache
def today_name(kind: str, name: str) -> str:
    """What a field is called today that any version called so; a name nobody knows stays."""
    for step in STEPS:
        name = step.renamed.get(kind, {}).get(name, name)
    return name


@cache
def columns_at(kind: str, version: int) -> tuple[tuple[str, str], ...]:
    """The columns of a kind as a version carries them, in wire order: (its name, today's name).
    None of a kind it does not know."""
    found = ((name_at(kind, today, version), today) for today in ROWS[kind])
    return tuple((name, today) for name, today in found if name is not None)


@cache
def rows_at(version: int) -> Mapping[str, tuple[str, ...]]:
    """ROWS as a version has them: the kinds it knows, and no other."""
    known = (kind for kind in ROWS if kind not in later_kinds(version))
    return {kind: tuple(name for name, _ in columns_at(kind, version)) for kind in known}


@cache
def parts_at(version: int) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """PARTS of the columns that a version has."""
    return {of: names for of, names in PARTS.items() if name_at(*of, version) is not None}


@cache
def touched(one: int, other: int) -> Mapping[str, tuple[str, ...]]:
    """Kind -> today's names of the fields that two versions do not carry alike, of kinds that both
    know."""
    found = {}
    for kind in rows_at(min(one, other)):
        mine, theirs = former_names(kind, one), former_names(kind, other)
        every = mine.keys() | theirs.keys()
        names = [name for name in every if mine.get(name, name) != theirs.get(name, name)]
        if names:
            found[kind] = tuple(sorted(names))
    return found


# --- changes --------------------------------------------------------------------------------------

_NAMED_IN = ("set", "base")


def upcast(kind: str, version: int, body: Any) -> tuple[Any, list[str]]:
    """A body made in a version, as the newest has it; and what it names that its version has not.

    body: decoded JSON of any shape: what does not look like a body is left to who reads it.
    """
    names = {old: new for new, old in former_names(kind, version).items() if old is not None}
    later = former_names(kind, version).keys() - names.keys()
    if not isinstance(body, dict):
        return body, []
    faults = list(_unknown(body, later, "is not a field of this message"))
    made = _renamed(body, names)
    for part in _NAMED_IN:
        if isinstance(body.get(part), dict):
            said = f"is not a field of a {kind.replace('_', ' ')} that can be edited"
            faults += _unknown(body[part], later, said)
            made[part] = _renamed(body[part], names)
    return made, faults


def _unknown(named: dict[str, Any], later: set[str], says: str) -> Iterator[str]:
    return (f"{name}: {says}" for name in named if name in later)


def _renamed(named: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in named.items()}


def spoken(kind: str, version: int, path: str) -> str:
    """A path to a field of today ("set.opening_hours") in the words of a version."""
    if version >= NEWEST:
        return path
    return ".".join(name_at(kind, part, version) or part for part in path.split("."))


# --- as PROTOCOL.md prints it ---------------------------------------------------------------------


def columns_table() -> str:
    """The columns of each kind, each marked with the versions that have it or call it otherwise."""
    lines = ["| kind | columns, in this order |", "| --- | --- |"]
    since = {kind: step.version for step in STEPS for kind in step.kinds}
    for kind, names in ROWS.items():
        shown, told = [], f" (from version {since[kind]})" if kind in since else ""
        for name in names:
            parts = f" [{', '.join(PARTS[kind, name])}]" if (kind, name) in PARTS else ""
            shown.append(name + ("" if told else _history(kind, name)) + parts)
        lines.append(f"| {kind}{told} | {', '.join(shown)} |")
    return "\n".join(lines)


def _history(kind: str, name: str) -> str:
    """What a reader of an earlier version must know of a field."""
    told = []
    for version in range(NEWEST, 1, -1):
        now, before = name_at(kind, name, version), name_at(kind, name, version - 1)
        if now is not None and before is None:
            told.append(f"from version {version}")
        elif now != before:
            told.append(f"before version {version}: {before}")
    return f" ({'; '.join(told)})" if told else ""


def steps_table() -> str:
    """What each version changed."""
    lines = ["| version | what it changed |", "| --- | --- |", "| 1 | The first. |"]
    return "\n".join([*lines, *(f"| {step.version} | {step.says} |" for step in STEPS)])
