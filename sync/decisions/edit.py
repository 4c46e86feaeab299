"""The `then` of rules about edits; policies choose them by name."""

from sync.decisions.shapes import ADJUSTED, HELD, NOTED, REJECTED, Answer
from sync.owners import Owner
from sync.subjects.edit import Request, WorkingEdit, WorkingField

# --- the edit as a whole --------------------------------------------------------------------------


def refuse_edit(w: WorkingEdit) -> Answer:
    """Nothing of it is written; the rep reads why, and what was sent stays readable."""
    return REJECTED


def hold_for_office(w: WorkingEdit) -> Answer:
    """Nothing is written until a person lets it stand."""
    return HELD


def let_pass(w: WorkingEdit) -> Answer:
    """Take it as it was sent, and say so."""
    return NOTED


def request_all(w: WorkingEdit) -> Answer:
    """What is at rest stays; all that was edited becomes one change request to the office."""
    w.request = Request(w.wants, "office")
    _keep_all(w)
    return Answer("requested")


def stay_further_on(w: WorkingEdit) -> Answer:
    """What was begun or done stays so; what else was told of it is noted."""
    for x in w.fields:
        x.is_kept = x.is_kept or x.name in ("state", "day", "sequence")
    return NOTED


def follow_survivor(w: WorkingEdit) -> Answer:
    """It goes to the store that this one was merged into; with none in sight a person decides."""
    survivor = w.survivor
    if survivor is None:
        return HELD
    w.stand_at(survivor)
    return Answer("adjusted", {"survivor": survivor.name})


def move_as_rep(w: WorkingEdit) -> Answer:
    """The rep's day stands."""
    return NOTED


def move_as_office(w: WorkingEdit) -> Answer:
    """The office's day stands, and its place in it; the rest of the edit is taken."""
    for x in w.fields:
        x.is_kept = x.is_kept or x.name in ("day", "sequence")
    return ADJUSTED


def request_move(w: WorkingEdit) -> Answer:
    """The office's day stands, and the rep's becomes a change request."""
    moved = {x.name: x.mine for x in w.fields if x.name in ("day", "sequence")}
    w.request = Request(moved, "office")
    move_as_office(w)
    return Answer("requested")


def pend(w: WorkingEdit) -> Answer:
    """The store is written as pending; the office approves it."""
    return Answer("requested")


def pend_beside(w: WorkingEdit) -> Answer:
    """The store is written as pending beside the one it looks like; the office decides."""
    return Answer("requested")


def approve(w: WorkingEdit) -> Answer:
    """The store is active at once."""
    return NOTED


def _keep_all(w: WorkingEdit) -> None:
    for x in w.fields:
        x.is_kept = True


# --- a field --------------------------------------------------------------------------------------


def take_mine(w: WorkingEdit, x: WorkingField) -> Answer:
    """The rep's value stands; the one it gave way to is told."""
    return NOTED


def keep_theirs(w: WorkingEdit, x: WorkingField) -> Answer:
    """What is at rest stays; the rep's value is told."""
    x.is_kept = True
    return ADJUSTED


def request_mine(w: WorkingEdit, x: WorkingField) -> Answer:
    """What is at rest stays; the rep's value becomes a change request to the office."""
    owner: Owner = "office"
    x.request, x.is_kept = Request({x.name: x.mine}, owner), True
    return Answer("requested")


def take_mine_offer_theirs(w: WorkingEdit, x: WorkingField) -> Answer:
    """The rep's value stands; the other one becomes a change request that the rep answers."""
    x.request = Request({x.name: x.theirs}, "rep")
    return Answer("offered")
