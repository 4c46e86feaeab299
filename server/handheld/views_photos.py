"""HTTP of photos: POST photos says what is about to come, PATCH photos/<id> brings a piece of it.

Beside the sync on purpose: a handheld sends photos when its outbox is empty, a piece at a time, and
an order captured meanwhile goes before the next piece.
"""

import msgspec
from flask import Response, current_app, request
from flask_smorest import Blueprint

from schemas.compiled import compiled
from schemas.ids import is_id
from schemas.photo import PhotoAnswer, PhotoBegin
from schemas.problem import Problem
from schemas.strict import check_json
from server import asking
from server.auth import needs
from server.database import transaction
from server.handheld.asked import as_json, body_of, carrier_of, struct_of
from server.photos import keeping, queries
from server.photos.queries import SAID, Kept

blueprint = Blueprint(
    "photos", __name__, url_prefix="/sync/v1", description="Photos of visits, in pieces."
)
_BEGIN = compiled(PhotoBegin)


@blueprint.route("/photos", methods=["POST"])
@needs("rep-device")
@blueprint.doc(requestBody={"content": {"application/json": {"schema": PhotoBegin}}})
@blueprint.alt_response(200, schema=PhotoAnswer)
def begin() -> Response:
    """Hear of a photo; the same said again tells how many bytes of it are here.

    Like changes, photos are taken from a handheld in any state: what was captured is not dropped.
    """
    raw = body_of()
    check_json(raw)
    asked = struct_of(_BEGIN, raw)
    carrier = carrier_of(asked)
    said = {name: getattr(asked, name) for name in SAID}
    with transaction(asking.engine()) as conn:
        kept = keeping.begin(
            conn, carrier.cell, asked.id, carrier.device, carrier.rep, said, asking.now()
        )
        signed = queries.is_signature(conn, kept.cell, kept.id)
    return _told(kept, signed)


@blueprint.route("/photos/<key>", methods=["PATCH"])
@needs("rep-device")
@blueprint.doc(
    parameters=[
        {
            "name": "Upload-Offset",
            "in": "header",
            "required": True,
            "description": "The place of the first byte sent, counted from 0.",
            "schema": {"type": "integer"},
        }
    ],
    requestBody={
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    },
)
@blueprint.alt_response(200, schema=PhotoAnswer)
def piece(key: str) -> Response:
    """Take a piece of a photo at the place where the last one ended."""
    carrier, offset = carrier_of(None), request.headers.get("Upload-Offset", "")
    if not (offset.isascii() and offset.isdigit() and len(offset) < 10):
        raise Problem("envelope_invalid", "Upload-Offset must be a whole number.")
    data = request.get_data(cache=False)  # bounded by MAX_CONTENT_LENGTH
    with transaction(asking.engine()) as conn:
        kept = queries.locked(conn, carrier.cell, key) if is_id(key) else None
        if kept is None or kept.device != carrier.device:
            raise Problem("photo_unknown")
        kept = keeping.append(
            conn, asking.settings().photo_dir, kept, int(offset), data, asking.now()
        )
        signed = queries.is_signature(conn, kept.cell, kept.id)
    if kept.state == "coming" and data and kept.received_bytes == 0:
        raise Problem("photo_damaged", received_bytes=0)
    return _told(kept, signed)


def _told(kept: Kept, signed: bool) -> Response:
    """How far it is; open pages of its order hear of a signature, once it is committed."""
    if signed:
        current_app.extensions["hint"](f"signed {kept.cell}")
    answer = {"id": kept.id, "state": kept.state, "received_bytes": kept.received_bytes}
    return as_json(msgspec.json.encode(answer))
