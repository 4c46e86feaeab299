"""A photo of a visit, for the office: the picture itself."""

from flask import Blueprint, Response, request

from schemas.problem import Problem
from server import asking
from server.auth import needs
from server.office.field.forms import known_id
from server.photos import keeping, queries

blueprint = Blueprint("photos", __name__, url_prefix="/photos")


@blueprint.get("/<key>")
@needs("office")
def one(key: str) -> Response:
    """The bytes of a photo that is whole; they never change, so a browser asks once."""
    with asking.engine().begin() as conn:
        kept = queries.seen(conn, asking.person().cells, known_id(key))
    if kept is None:
        raise Problem("not_found", "There is no such photo.")
    if kept.state == "expired":
        raise Problem("not_found", "This photo was removed when its days were over.")
    path = keeping.path_of(asking.settings().photo_dir, kept.cell, kept.id)
    if kept.state != "whole" or not path.is_file():
        raise Problem("not_found", "This photo has not come whole yet.")
    told = Response(path.read_bytes(), content_type=kept.of("media_type"))
    told.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    told.set_etag(kept.of("sha256"))
    return told.make_conditional(request)  # type: ignore[return-value]
