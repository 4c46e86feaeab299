"""Who was meant to have which store when, told apart from everything the server knows."""

from dataclasses import dataclass, field
from datetime import date


@dataclass
class Intent:
    """Who was meant to have which store when, by days; nothing of it comes from the server."""

    spans: dict[str, list[tuple[str, date, date | None, str | None]]] = field(default_factory=dict)

    def give(
        self, store: str, rep: str, first: date, end: date | None, lent_by: str | None = None
    ) -> None:
        self.spans.setdefault(store, []).append((rep, first, end, lent_by))

    def end(self, store: str, rep: str, day: date, first: date) -> None:
        """On a day; what was to begin only after `first` never does."""
        spans = []
        for who, begun, over, lent in self.spans.get(store, []):
            last = begun if begun > first else day
            ends = who == rep and (over is None or over > last)
            spans.append((who, begun, last if ends else over, lent))
        self.spans[store] = spans

    def own(self, rep: str, first: date, end: date) -> list[str]:
        """Stores that are a rep's own on a day from `first` until before `end`."""
        return [
            store for store, spans in self.spans.items()
            if any(who == rep and lent is None and begun < end and (over is None or over > first)
                   and over != begun and (over is None or over > begun)
                   for who, begun, over, lent in spans)
        ]  # fmt: skip

    def holders(self, store: str, day: date) -> set[str]:
        return {
            who for who, first, end, _ in self.spans.get(store, [])
            if first <= day and (end is None or day < end)
        }  # fmt: skip

    def stores(self, rep: str, day: date) -> set[str]:
        return {store for store in self.spans if rep in self.holders(store, day)}
