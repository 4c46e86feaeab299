"""Orders: the board on which they land, one order's page, and what is held."""

from flask import Blueprint, render_template

from server.auth import needs

blueprint = Blueprint("orders", __name__)


@blueprint.get("/")
@needs("office", to="watch orders land")
def board() -> str:
    return render_template("board.html")
