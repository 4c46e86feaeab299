"""One order and what happens to it, for tests that follow an order through its life."""

from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.ids import uuid7
from sync.delivery import acknowledge as answers
from sync.delivery.acknowledge import LineAnswer
from sync.delivery.status import StatusUpdate, apply
from sync.desk.cancel import cancel
from tests.auditor import Auditor
from tests.world import CELL, World, change, order_body

BY = "delivery:main"
SOON = datetime.now(UTC) + timedelta(hours=1)


class Life:
    """One order and what happens to it, audited after every step."""

    def __init__(
        self, world: World, lines: list[tuple[str, int]], n: int = 0, store: int = 0
    ) -> None:
        self.world, self.n, self.auditor = world, n, Auditor(world)
        self.carrier = world.carrier()
        self.body = order_body(world.stores[store], lines)
        self.id: str = self.body["id"]
        self.change = uuid7()
        self.push("submit", self.body, id=self.change)

    def push(self, act: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
        self.n += 1
        if act != "submit":
            more["depends_on"] = [self.change]
        verdicts, answer = self.world.push(
            self.carrier, [change(self.n, "order", act, body, **more)]
        )
        assert answer.faults == []
        self.check()
        return verdicts[0]

    def revise(self, lines: list[tuple[str, int]], base: int = 1) -> dict[str, Any]:
        body = order_body(self.body["store"], lines, number=self.body["number"])
        return self.push("revise", body | {"id": self.id, "base_revision": base})

    def cancel(self) -> dict[str, Any]:
        return self.push("cancel", {"id": self.id, "store": self.body["store"], "reason": "shut"})

    def office_cancels(self) -> str:
        with self.world.begin() as conn:
            how = cancel(conn, CELL, self.id, "user:desk", datetime.now(UTC), "the store closed")
        self.check()
        return how

    def send(self) -> None:
        """A dispatcher claims what is queued, as claims.py does."""
        self.world.run("UPDATE delivery SET state = 'sending', attempt = attempt + 1"
                       " WHERE state = 'queued'")  # fmt: skip
        with self.world.begin() as conn:
            answers.mark_sent(conn, CELL, [self.id], BY)
        self.check()

    def answer(self, revision: int, *lines: LineAnswer) -> None:
        delivery = self.world.one(
            "SELECT id::text FROM delivery WHERE order_id = %s AND revision = %s", self.id, revision
        )
        self.world.run("UPDATE delivery SET state = 'acknowledged' WHERE id = %s", delivery)
        with self.world.begin() as conn:
            answers.acknowledge(
                conn, CELL, delivery, self.id, revision, f"DS-{revision}", lines,
                datetime.now(UTC), BY,
            )  # fmt: skip
        self.check()

    def refuse(self, revision: int) -> None:
        delivery = self.world.one(
            "SELECT id::text FROM delivery WHERE order_id = %s AND revision = %s", self.id, revision
        )
        self.world.run("UPDATE delivery SET state = 'failed' WHERE id = %s", delivery)
        with self.world.begin() as conn:
            answers.ask_office(
                conn, CELL, delivery, self.id, answers.REFUSED, "too late", datetime.now(UTC), BY
            )
        self.check()

    def say(self, status: str) -> None:
        one = StatusUpdate(f"{self.id}-{status}", "main", self.id, 1, None, status, SOON)
        with self.world.begin() as conn:
            apply(conn, CELL, one, BY, datetime.now(UTC))
        self.check()

    def check(self) -> None:
        assert self.auditor.look() == []

    @property
    def row(self) -> tuple[Any, ...]:
        found: tuple[Any, ...] = self.world.rows(
            "SELECT state, revision, net_minor, exposure_minor FROM orders WHERE id = %s", self.id
        )[0]
        return found

    @property
    def reserved(self) -> list[tuple[str, int]]:
        return self.world.rows("SELECT product, reserved FROM stock WHERE reserved > 0 ORDER BY 1")

    @property
    def deliveries(self) -> list[tuple[int, str]]:
        return self.world.rows("SELECT revision, state FROM delivery ORDER BY revision")

    def told(self, rule: str) -> list[str]:
        rows = self.world.rows("SELECT says FROM conflict WHERE rule = %s ORDER BY at, id", rule)
        return [row[0] for row in rows]
