"""Copies: whether each handheld's rows are ours, and every row that was not."""

from flask import Blueprint, render_template, request

from server import asking
from server.auth import needs
from sync.queries import verify as queries

blueprint = Blueprint("repairs", __name__, url_prefix="/handhelds/repairs")
MOST = 200


@blueprint.get("/")
@needs("admin", "supervisor", to="see which rows of handhelds went wrong and were repaired")
def repairs() -> str:
    """The newest repairs, and when each handheld was last compared."""
    person = asking.person()
    device = request.args.get("handheld", "")[:64]
    with asking.engine().begin() as conn:
        copies = queries.verifications(conn, person.company, person.cells)
        found = queries.repairs(conn, person.company, person.cells, device, MOST)
    return render_template("repairs.html", copies=copies, repairs=found, chosen=device, most=MOST)
