"""Two plans compared, or a plan with what is published on its days now."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from sqlalchemy import Connection

from schemas.problem import Problem
from server import asking
from server.access.people import Person
from server.auth import needs
from server.office.planning import queries
from server.office.planning.board import Board
from server.office.planning.comparing import pairs, side
from server.office.planning.reading import drafted, published, visible
from server.office.planning.views import PLANNERS, plan_or_404

blueprint = Blueprint("compare", __name__, url_prefix="/routes/compare")

NOW = "now"
SHOWN_PLANS, SHOWN_MOVES = 60, 300


@blueprint.get("/")
@needs(*PLANNERS)
def compare() -> str:
    """`a` is the plan, `b` what it is compared with: another plan's id, or "now"."""
    person = asking.person()
    asked = {"a": request.args.get("a", ""), "b": request.args.get("b", "") or NOW}
    with asking.engine().begin() as conn:
        codes = [one.code for one in visible(conn, person)]
        choices = [
            one
            for one in queries.plans(conn, person.company, codes, discarded=False,
                                     at_most=SHOWN_PLANS)
            if one.state in ("ready", "published", "undone")
        ]  # fmt: skip
        if not choices:
            return render_template("compare.html", choices=[], asked=asked)
        plan = plan_or_404(conn, person, _key(asked["a"] or choices[0].id))
        other = None if asked["b"] == NOW else plan_or_404(conn, person, _key(asked["b"]))
        reps = [code for code in plan.reps if other is None or code in other.reps]
        second = drafted(conn, person, plan, reps)
        first = _beside(conn, person, plan, other, reps)
    found = pairs(first, second)
    return render_template(
        "compare.html", choices=choices, asked=asked | {"a": plan.id}, plan=plan, other=other,
        pairs=found, first=side(first), second=side(second),
        moved=[one for pair in found for one in pair.moved], most=SHOWN_MOVES,
        names={pair.rep: pair.name for pair in found},
    )  # fmt: skip


def _beside(
    conn: Connection, person: Person, plan: Any, other: Any, reps: list[str]
) -> list[Board]:
    if other is None:
        return published(conn, person, reps, plan.first_day, plan.weeks)
    return drafted(conn, person, other, reps)


def _key(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise Problem("not_found", "There is no such plan.") from None
