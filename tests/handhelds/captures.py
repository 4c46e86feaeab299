"""Plays the captures of sync/contract/captures on the reference handheld, and writes them.

A case is a list of acts of a rep on a handheld that begins as _world.json says; `then` is what an
act makes: `changes` as they will travel (without n) and the `rows` that the screens show of them,
or `refused` with the name of why not, or what a screen shows (`pad`, `suggestions`, `till`, ...).
Ids are counted: a row's own first, then that of its change.

    python -m tests.handhelds.captures    plays every case and writes what came of it into the files

A hand reads what was written before it is kept: the files are the contract, not this program.
"""

import json
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from handhelds.reference import link
from handhelds.reference.answers import Call, Reply
from handhelds.reference.local import Local
from handhelds.reference.pad import Refused
from handhelds.reference.queries_field import NotSaved
from handhelds.reference.visit import Rep
from schemas.rows import ROWS
from tests.handhelds.capture_acts import REFUSALS, VERBS, name_of
from tests.handhelds.double import Clock, ids

FOLDER = Path(__file__).resolve().parents[2] / "sync" / "contract" / "captures"
Case = dict[str, Any]
Act = dict[str, Any]


@cache
def world() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "_world.json").read_text(encoding="utf-8"))
    return found


def files() -> list[Path]:
    return sorted(path for path in FOLDER.glob("*.json") if not path.name.startswith("_"))


def cases() -> list[Case]:
    """Every case of every file."""
    return [
        case for path in files() for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
    ]


def columns(rows: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Rows as a page of a pull carries them."""
    return {
        kind: {
            "columns": ROWS[kind],
            "data": [[row.get(name) for name in ROWS[kind]] for row in some],
        }
        for kind, some in rows.items()
    }


class Server:
    """The server's half: takes every change as sent, but for the verdicts a case tells."""

    def __init__(self, clock: Clock, rows: dict[str, Any]) -> None:
        self.clock, self.rows, self.pulls = clock, rows, 0
        self.verdicts: dict[str, Any] = {}

    def send(self, call: Call) -> Reply:
        asked = json.loads(call.body)
        head = {"epoch": "e-9", "server_time": self.clock.now().isoformat().replace("+00:00", "Z")}
        if call.path.endswith("/enrol"):
            answer = world()["enrolment"] | head
        elif call.path.endswith("/push"):
            told = [self._verdict(change) for change in asked["changes"]]
            mark = max([asked["acknowledged_through"], *(one["n"] for one in told)])
            answer = head | {"verdicts": told, "acknowledged_through": mark}
        else:
            self.pulls += 1
            answer = head | {
                **{"complete": True, "page": None, "cursor": f"c-{self.pulls}", "gone": {}},
                **{"as_of": world()["as_of"], "rows": columns(self.rows), "directives": []},
                "scopes": {"added": [], "dropped": []},
            }
            self.rows = {}
        return Reply(200, json.dumps(answer).encode())

    def _verdict(self, change: dict[str, Any]) -> dict[str, Any]:
        said = self.verdicts.get(change["id"], {"outcome": "applied", "conflicts": []})
        return {"n": change["n"], "id": change["id"], "refs": {}, "says": "", **said}


class Player:
    """One handheld under one case, as the world says; `rows`: beside those of the world."""

    def __init__(self, home: Path, rows: dict[str, list[dict[str, Any]]] | None = None) -> None:
        self.clock = Clock()
        self.server = Server(self.clock, {})
        if rows is None:
            shutil.copytree(begun().name, home)
            self.server.pulls = 1
        self.local = Local(home, self.clock)
        self.rep = Rep(self.local, self.clock, ids())
        self.batches = ids(1_000_000)
        if rows is not None:
            self.begin(rows)

    def begin(self, rows: dict[str, list[dict[str, Any]]]) -> None:
        """Enrol and pull."""
        told = {kind: world()["rows"].get(kind, []) + rows.get(kind, []) for kind in ROWS}
        self.server.rows = {kind: some for kind, some in told.items() if some}
        assert link.enrol(self.local, self.server.send, "K7QX", "test", "test").state == "done"
        self.sync()
        assert self.local.copy.mark("cursor") == world()["cursor"]

    def close(self) -> None:
        self.local.close()

    def sync(self) -> None:
        ending = link.sync(self.local, self.server.send, self.clock, self.batches)
        assert ending.state == "done", ending

    def play(self, act: Act) -> Any:
        """What an act makes, or why it is refused."""
        before = self._last()
        told = {name: value for name, value in act.items() if name not in ("do", "then")}
        try:
            shown = VERBS[act["do"]](self, **told)
        except Refused as no:
            assert self._last() == before, "it was refused and saved all the same"
            return {"refused": name_of(REFUSALS, str(no))}
        except NotSaved as no:
            return {"refused": name_of(REFUSALS, str(no))}
        return self._made(before) if shown is None else shown

    def _last(self) -> int:
        found = self.local.db.execute("SELECT coalesce(max(seq), 0) FROM main.change").fetchone()
        return int(found[0])

    def _made(self, before: int) -> dict[str, Any]:
        """Changes saved since, as they will travel, and their rows."""
        changes = self.local.db.execute(
            "SELECT raw FROM main.change WHERE seq > ? ORDER BY seq", (before,)
        )
        made = [msgspec.json.decode(one["raw"]) for one in changes]
        rows = []
        for change in made:
            kept = self.local.db.execute(
                "SELECT kind, row FROM main.captured WHERE change_id = ?", (change["id"],)
            )
            rows += [{"kind": one["kind"], "row": json.loads(one["row"])} for one in kept]
        return {"changes": made, "rows": rows}


@cache
def begun() -> tempfile.TemporaryDirectory[str]:
    """A folder as most cases begin with it; copying it is quicker than pulling again."""
    folder = tempfile.TemporaryDirectory()
    Player(Path(folder.name), {}).close()
    return folder


def played(case: Case, home: Path) -> list[Any]:
    """What every act of a case makes."""
    player = Player(home, case.get("rows"))
    try:
        return [player.play(act) for act in case["acts"]]
    finally:
        player.close()


def spelled(value: Any, indent: str = "") -> str:
    """JSON that a person can read: what fits stands in one line."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(flat) <= 98 or not isinstance(value, dict | list) or not value:
        return flat
    deeper = indent + " "
    if isinstance(value, list):
        inner = [deeper + spelled(one, deeper) for one in value]
        return "[\n" + ",\n".join(inner) + f"\n{indent}]"
    inner = [f"{deeper}{json.dumps(name)}: {spelled(one, deeper)}" for name, one in value.items()]
    return "{\n" + ",\n".join(inner) + f"\n{indent}}}"


def main() -> None:
    for path in files():
        content = json.loads(path.read_text(encoding="utf-8"))
        for case in content["cases"]:
            with tempfile.TemporaryDirectory() as home:
                made = played(case, Path(home) / "home")
                for act, then in zip(case["acts"], made, strict=True):
                    act["then"] = json.loads(json.dumps(then))
        path.write_text(spelled(content) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
