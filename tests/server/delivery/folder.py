"""A delivery system at the far side of a folder, and one for each form of files."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from server.delivery.contract import Target
from server.delivery.over_files import FileAdapter, make, set_up


@dataclass
class Folder:
    """A delivery system at the other side of a folder: takes marked documents, writes files."""

    root: Path
    form: str
    does: str = "take"
    taken: list[dict[str, Any]] = field(default_factory=list)
    owed: list[dict[str, Any]] = field(default_factory=list)
    files: int = 0

    def target(self, **changed: Any) -> Target:
        plain = Target("drop", "files", str(self.root), options={"form": self.form})
        return dataclasses.replace(plain, **changed)

    def adapter(self, **target: Any) -> FileAdapter:
        return make(self.target(**target))

    def shall(self, do: str) -> None:
        self.does = do

    def work(self, answer: bool = True) -> None:
        for marker in sorted((self.root / "out").glob("*.done")):
            self._take(marker)
        if answer and self.owed:
            self.put("ack", self.acknowledge(*self.owed))
            self.owed.clear()

    def _take(self, marker: Path) -> None:
        document = marker.with_name(marker.name.removesuffix(".done"))
        totals = json.loads(marker.read_text())
        content = document.read_bytes()
        assert len(content) == totals["bytes"]
        order = self.order_in(content)
        assert totals["lines"] == len(order["lines"])
        assert totals["quantity"] == sum(line["quantity"] for line in order["lines"])
        document.unlink()
        marker.unlink()
        if self.does == "garbage":
            nonsense = {
                "json": b'{"acknowledgements": [{"order": 7}]}',
                "csv": b"order,external_no\r\n%s,\r\nTOTAL,7,7\r\n" % order["id"].encode(),
                "ubl": b"<OrderResponse xmlns='urn:x'/>",
            }
            self.put("ack", nonsense[self.form])
            return
        if self.does != "refuse":
            self.taken.append(order)
        self.owed.append(self.answer(order))

    def order_in(self, content: bytes) -> dict[str, Any]:
        if self.form == "json":
            order: dict[str, Any] = json.loads(content)["order"]
            return order
        rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
        lines = [{"n": int(row["line_n"]), "quantity": int(row["line_quantity"])} for row in rows]
        return {
            "id": rows[0]["order_id"],
            "revision": int(rows[0]["order_revision"]),
            "lines": lines,
        }

    def answer(self, order: dict[str, Any]) -> dict[str, Any]:
        about = {"order": order["id"], "revision": order["revision"]}
        if self.does == "refuse":
            return {**about, "refused": "unknown ship-to"}
        lines = []
        if self.does == "short":
            first = order["lines"][0]
            lines = [{"n": 1, "allocated": 5, "backordered": first["quantity"] - 5, "cut": 0}]
        return {**about, "external_no": f"F-{len(self.taken)}", "lines": lines}

    def acknowledge(self, *answers: dict[str, Any]) -> bytes:
        if self.form == "json":
            totals = {"documents": len(answers)}
            return json.dumps({"acknowledgements": answers, "totals": totals}).encode()
        columns = "order,revision,external_no,line,allocated,backordered,cut,refused".split(",")
        rows = [
            [one["order"], one["revision"], one.get("external_no", ""), line.get("n", ""),
             line.get("allocated", ""), line.get("backordered", ""), line.get("cut", ""),
             one.get("refused", "")]
            for one in answers
            for line in one.get("lines") or [{}]
        ]  # fmt: skip
        quantity = sum(int(row[4] or 0) for row in rows)
        return self.table(columns, rows, quantity)

    def table(self, columns: list[str], rows: list[list[Any]], quantity: int) -> bytes:
        text = io.StringIO()
        csv.writer(text).writerows([columns, *rows, ["TOTAL", len(rows), quantity]])
        return text.getvalue().encode()

    def holds(self) -> list[str]:
        return [f"{one['id']}/{one['revision']}" for one in self.taken]

    def happens(self, *updates: dict[str, Any]) -> None:
        for one in updates:
            if self.form == "json":
                self.put("status", json.dumps({"updates": [one]}).encode())
                continue
            columns = ["id", "order", "revision", "status", "at", "line", "delivered", "reason"]
            start = [one[name] for name in columns[:5]]
            rows = [[*start, line["n"], line["delivered"], line["reason"]]
                    for line in one.get("lines", [])] or [[*start, "", "", ""]]  # fmt: skip
            self.put("status", self.table(columns, rows, sum(int(row[6] or 0) for row in rows)))

    def put(self, kind: str, content: bytes, name: str = "") -> Path:
        self.files += 1
        path = self.root / "in" / (name or f"{self.files:03d}.{kind}.{self.form}")
        path.write_bytes(content)
        os.utime(path, (time.time() + self.files / 100,) * 2)  # in the order they were put
        return path

    def gone(self) -> None:
        shutil.rmtree(self.root)

    def why(self) -> list[str]:
        return [path.read_text() for path in sorted((self.root / "failed").glob("*.why"))]


@pytest.fixture(params=["csv", "json"])  # UBL has a far end of its own
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "drop", request.param)
    made.root.mkdir()
    set_up(made.target())
    return made
