"""A visit card: one document."""

import msgspec

from schemas.rows import PARTS
from sync.batch import Pushed
from sync.effects import Effects
from sync.feed import Entry

LINE = PARTS["card", "lines"]
_json = msgspec.json.Encoder().encode


def submit_card(effects: Effects, pushed: Pushed) -> None:
    """Write a visit card as one document, its lines as arrays."""
    body = pushed.body
    lines = [[getattr(line, name) for name in LINE] for line in body.lines]
    effects.cards.append(
        (
            body.id, f"st:{body.store}", 1, effects.by, body.store, body.visit,
            effects.carrier.rep, pushed.captured_at, "closed", _json(lines).decode(),
        )
    )  # fmt: skip
    effects.entries.append(Entry(f"st:{body.store}", "card", body.id))
    pushed.outcome, pushed.refs = "applied", {"card": body.id}
