"""The `when` of rules about an edit of a row, and about each field of it.

A condition reads the working copy and changes nothing. Where a fact is missing the rule that says
so answers; every other condition then says no.
"""

from datetime import date

from sync.owners import POSITION, position
from sync.subjects.edit import WorkingEdit, WorkingField
from sync.subjects.order import had_right

BEGUN = ("started", "done")
FORWARD = ("planned", "skipped", "started", "done")

# --- the edit as a whole --------------------------------------------------------------------------


def _lacked_right(w: WorkingEdit, rule: str) -> bool:
    if w.store is None:
        return True
    grants = w.facts.grants.get((w.edit.rep, w.store.id), ())
    return not had_right(grants, w.at, w.now, w.params[rule]["grace_days"])


def rep_lacked_right_to_fact(w: WorkingEdit) -> bool:
    """A visit, a card, a receipt: captured while the rep did not carry the store."""
    return _lacked_right(w, "fact_not_mine")


def rep_lacked_right_to_edit(w: WorkingEdit) -> bool:
    """The rep edited the store, its contact or card after it was given to somebody else."""
    return _lacked_right(w, "edit_not_mine")


def plan_is_of_another(w: WorkingEdit) -> bool:
    """The same for a stop of the plan, but not where the rep stood in the store."""
    return not is_begun(w) and _lacked_right(w, "edit_not_mine")


def row_is_gone(w: WorkingEdit) -> bool:
    return w.theirs.gone and bool(w.fields)


def stop_is_gone(w: WorkingEdit) -> bool:
    """The stop was taken off the plan, and the rep had not begun it."""
    return w.theirs.gone and not is_begun(w)


def begun_stop_is_gone(w: WorkingEdit) -> bool:
    return w.theirs.gone and is_begun(w)


def store_was_merged(w: WorkingEdit) -> bool:
    return w.store is not None and w.store.status == "merged"


def store_is_closed(w: WorkingEdit) -> bool:
    return w.store is not None and w.store.status == "closed"


def card_is_of_another(w: WorkingEdit) -> bool:
    """Another rep stood in the store and filled in the card."""
    return w.theirs.author not in (None, w.edit.rep) and bool(w.fields)


def card_is_locked(w: WorkingEdit) -> bool:
    return w.theirs.is_locked and bool(w.fields)


def is_begun(w: WorkingEdit) -> bool:
    """Whether the edit tells of something done: a fact, which no plan undoes."""
    return w.edit.mine.get("state") in BEGUN


def is_further_on(w: WorkingEdit) -> bool:
    """What is at rest is begun or done, and the edit would take it back."""
    state = (w.theirs.fields or {}).get("state")
    mine = w.edit.mine.get("state", state)
    return state in BEGUN and FORWARD.index(str(mine)) < FORWARD.index(str(state))


def store_code_is_taken(w: WorkingEdit) -> bool:
    return w.theirs.code_is_taken


def store_looks_known(w: WorkingEdit) -> bool:
    """A store of about the same name, place, telephone or tax number is here already."""
    twin = w.theirs.twin
    return twin is not None and twin.score >= w.params["store_looks_known"]["percent"]


def always(w: WorkingEdit) -> bool:
    return True


def stop_is_pinned(w: WorkingEdit) -> bool:
    """The office fixed the stop, and the rep moved it."""
    return w.theirs.is_pinned and not is_begun(w) and _moves(w, "day")


def stop_moved_within_week(w: WorkingEdit) -> bool:
    days = _two_days(w)
    return days is not None and _week(days[0]) == _week(days[1])


def stop_moved_to_another_week(w: WorkingEdit) -> bool:
    days = _two_days(w)
    return days is not None and _week(days[0]) != _week(days[1])


def _moves(w: WorkingEdit, *names: str) -> bool:
    return any(x.name in names and not x.is_kept for x in w.fields)


def _two_days(w: WorkingEdit) -> tuple[str, str] | None:
    """The rep's day and the one at rest, where both moved the stop and neither had begun it."""
    x = next((x for x in w.fields if x.name == "day"), None)
    if x is None or x.is_kept or not x.changed_meanwhile or is_begun(w):
        return None
    return None if x.theirs is None else (str(x.mine), str(x.theirs))


def _week(day: str) -> tuple[int, int]:
    year, week, _ = date.fromisoformat(day).isocalendar()
    return year, week


# --- a field --------------------------------------------------------------------------------------


def field_is_the_offices(w: WorkingEdit, x: WorkingField) -> bool:
    return x.owner == "office"


def position_is_less_accurate(w: WorkingEdit, x: WorkingField) -> bool:
    """A position without an accuracy is the least accurate of all."""
    mine, theirs = (position(str(one)) for one in (x.mine, x.theirs))
    if x.name != POSITION or mine is None or theirs is None or theirs[2] is None:
        return False
    return mine[2] is None or mine[2] > theirs[2]


def shared_field_changed_meanwhile(w: WorkingEdit, x: WorkingField) -> bool:
    return x.owner == "shared" and x.changed_meanwhile


def field_changed_meanwhile(w: WorkingEdit, x: WorkingField) -> bool:
    return x.changed_meanwhile and x.name != POSITION
