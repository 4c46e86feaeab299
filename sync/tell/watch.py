"""The figures of rules about what is watched beside single changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.decisions.shapes import Plain
from sync.tell.shown import Told

if TYPE_CHECKING:
    from sync.subjects.watch import WorkingMass


def mass(w: WorkingMass) -> Told:
    one = w.mass
    more: dict[str, Plain] = {
        "who": one.who, "name": one.name, "rows": one.rows, "kind": one.kind.replace("_", " "),
        "minutes": w.minutes, "until": one.until.isoformat(timespec="seconds"), "most": w.most,
    }  # fmt: skip
    return Told(str(one.rows), str(w.most), None, more)
