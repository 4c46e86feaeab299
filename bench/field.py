"""Real handhelds for the measures that need one: the reference handheld on any address."""

from datetime import UTC, datetime
from pathlib import Path

from bench.company import Company
from handhelds.reference import device, link
from handhelds.reference.answers import Call, Reply
from handhelds.reference.clock import MachineClock
from handhelds.reference.local import Local
from handhelds.reference.visit import Rep as Field
from handhelds.reference.visit import Wanted
from schemas.ids import uuid7
from server.access.devices import make_enrolment_code
from server.database import transaction


class Handheld:
    """One handheld's folder, open, with its rep in front of it."""

    def __init__(self, home: Path) -> None:
        self.clock = MachineClock()
        self.local = Local(home, self.clock)
        self.rep = Field(self.local, self.clock, uuid7)

    def enrol(self, made: Company, rep: str, url: str) -> None:
        """Enrol over HTTP with a code of the office."""
        with transaction(made.engine) as conn:
            code = make_enrolment_code(conn, made.id, rep, "user:admin", datetime.now(UTC))
        wire = link.Wire(url)
        ending = link.enrol(self.local, wire.send, code, "bench", "reference")
        wire.close()
        assert ending.state == "done", ending

    def apply(self, bodies: list[bytes]) -> int:
        """Play a pull against pages recorded before; returns the rows taken in."""
        waiting = iter(bodies)

        def send(call: Call) -> Reply:
            return Reply(200, next(waiting))

        ending = link.play(device.pull(self.local, self.clock), send)
        assert ending.state == "done", ending
        return ending.rows

    def sync(self, url: str) -> int:
        """Push and pull; returns how many changes were answered."""
        wire = link.Wire(url)
        ending = link.sync(self.local, wire.send, self.clock, uuid7)
        wire.close()
        assert ending.state == "done", ending
        return ending.answered

    def day(self, made: Company, codes: list[str], *, visits: bool) -> int:
        """Take orders and cards in these stores, begun and ended visits too; returns changes."""
        for code in codes:
            if visits:
                self.rep.start_visit(code)
            lines = [
                Wanted(
                    one.code, str(made.chance.randint(1, 6)), made.chance.choice(("case", "each"))
                )
                for one in made.chance.sample(made.products, 10)
            ]
            self.rep.order(code, lines)
            shelf = made.chance.sample(made.products, 15)
            self.rep.card(
                code,
                [
                    {"product": one.code, "on_shelf": True, "facings": made.chance.randint(1, 6),
                     "shelf_stock": made.chance.randint(0, 30), "back_stock": one.case,
                     "price_minor": int(one.price * 120)}
                    for one in shelf
                ],
            )  # fmt: skip
            if visits:
                self.rep.end_visit(code)
        return self.local.queue().pending

    def codes(self) -> list[str]:
        """The codes of the stores it carries."""
        return sorted(row["code"] for row in self.rep.queries.pulled("store"))

    def close(self) -> None:
        self.local.close()
