"""A visit card: one document, taken as it was filled in."""

import msgspec

from schemas.rows import PARTS
from sync.batch import Pushed
from sync.effects import Effects
from sync.feed import Entry

LINE = PARTS["card", "lines"]
COMPETITOR = PARTS["card", "competitors"]
_json = msgspec.json.Encoder().encode


def submit_card(effects: Effects, pushed: Pushed, store: str | None = None) -> None:
    """Write a visit card as one document, its lines as arrays. store: where it goes, if not where
    it was sent (its store was merged)."""
    body = pushed.body
    store = store or body.store
    lines = [[getattr(line, name) for name in LINE] for line in body.lines]
    others = [[getattr(line, name) for name in COMPETITOR] for line in body.competitors]
    effects.cards.append(
        (
            body.id, f"st:{store}", 1, effects.by, store, body.visit, effects.carrier.rep,
            pushed.captured_at, "closed", _json(lines).decode(), "[]",
            _json(others).decode() if others else None,
        )
    )  # fmt: skip
    effects.entries.append(Entry(f"st:{store}", "card", body.id))
    pushed.outcome, pushed.refs = pushed.outcome or "applied", {"card": body.id}
