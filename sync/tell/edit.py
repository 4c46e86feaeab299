"""The figures of rules about edits: the field, what both started from, both values."""

from sync.decisions.shapes import Plain
from sync.owners import Value
from sync.subjects.edit import WorkingEdit, WorkingField
from sync.tell.shown import Told, when

MOST_TOLD = 200
FLAGS = {True: "yes", False: "no"}


def text_of(value: Value) -> Plain:
    """A value as it stands in a sentence: a flag as yes or no."""
    return FLAGS[value] if isinstance(value, bool) else value


def of_edit(w: WorkingEdit, **more: Plain) -> dict[str, Plain]:
    """What every sentence about an edit may say: what it was about, where, and when."""
    return {
        "kind": w.edit.kind.replace("_", " "),
        "row": w.edit.label,
        "store": None if w.store is None else w.store.name,
        "captured": when(w, w.at),
        **more,
    }


def right(w: WorkingEdit) -> Told:
    """Says nothing about the store but that it was not the rep's."""
    grants = () if w.store is None else w.facts.grants.get((w.edit.rep, w.store.id), ())
    ended = [one.valid_to for one in grants if one.valid_to is not None]
    ended_at = when(w, max(ended)) if ended else None
    more = {"kind": w.edit.kind.replace("_", " "), "captured": when(w, w.at), "until": ended_at}
    return Told(w.edit.store, ended_at, None, more)


def whole(w: WorkingEdit) -> Told:
    """All that was edited, as one line: "phone: 555-1; city: Ames"; a value taken away is ""."""
    wanted = "; ".join(f"{_called(w, x)}: {_text_or_empty(x.mine)}" for x in w.fields)
    return Told(wanted or None, None, None, of_edit(w, wanted=brief(wanted) or None))


def store(w: WorkingEdit) -> Told:
    now = None if w.store is None else w.store.status
    return Told(w.edit.store, now, None, of_edit(w))


def survivor(w: WorkingEdit) -> Told:
    found = w.survivor
    told, more = whole(w), of_edit(w, survivor=None if found is None else found.name)
    return Told(told.yours, None if found is None else found.id, None, {**told.more, **more})


def new_store(w: WorkingEdit) -> Told:
    """A new store and, if there is one, the store it looks like."""
    twin = w.theirs.twin
    more: dict[str, Plain] = {"row": w.edit.label, "captured": when(w, w.at)}
    more["number"] = text_of(w.edit.mine.get("code"))
    if twin is not None:
        more |= {"other": twin.name, "why": twin.why, "score": twin.score, "twin": twin.id}
    return Told(w.edit.label, None if twin is None else twin.name, None, more)


def state(w: WorkingEdit) -> Told:
    now = text_of((w.theirs.fields or {}).get("state"))
    return Told(text_of(w.edit.mine.get("state")), now, now, of_edit(w, state=now))


def moved(w: WorkingEdit) -> Told:
    """The rep's day, the one at rest, and the one both started from."""
    rest, base = w.theirs.fields or {}, w.edit.base or {}
    now = text_of(rest.get("day"))
    mine = text_of(w.edit.mine.get("day", rest.get("day")))
    more = of_edit(w, yours_on=mine, now_on=now, was_on=text_of(base.get("day")))
    return Told(mine, now, mine, more)


def _text_or_empty(value: Value) -> Plain:
    return "" if value is None else text_of(value)


def brief(wanted: str) -> str:
    """As much of it as a sentence holds, whole fields where it can be: a name without its value
    would say that the value was taken away."""
    if len(wanted) <= MOST_TOLD:
        return wanted
    fields, cut, _ = wanted[: MOST_TOLD - 2].rpartition("; ")
    return f"{fields}; …" if cut else f"{wanted[: MOST_TOLD - 1]}…"


def _called(w: WorkingEdit, x: WorkingField) -> str:
    """A field as people call it: "phone", "facings of Cola 1 l"."""
    product, name = _parts(w, x)
    return name if product is None else f"{name} of {product}"


def _parts(w: WorkingEdit, x: WorkingField) -> tuple[str | None, str]:
    """A field of a part as (what part, field), such as (Cola 1 l, facings)."""
    code, _, name = x.name.rpartition(".")
    found = w.facts.products.get(code)
    return found.name if found is not None else code or None, name.replace("_", " ")


def one_field(w: WorkingEdit, x: WorkingField) -> Told:
    mine, theirs, base = text_of(x.mine), text_of(x.theirs), text_of(x.base)
    product, name = _parts(w, x)
    more = of_edit(w, field=name, product=product, was=base)
    return Told(mine, theirs, mine, {**more, "mine": mine, "theirs": theirs})
