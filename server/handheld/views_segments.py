"""HTTP of segments: GET segments/<id>, prepared rows as bytes that never change.

The body is zstd itself, not JSON under a Content-Encoding: so that Range, ETag and the checksum
speak of the very bytes a handheld keeps, and a cut line is taken up where it broke.
"""

from flask import Response, request
from flask_smorest import Blueprint
from prometheus_client import Counter

from schemas.problem import Problem
from server import asking
from server.auth import needs
from server.database import snapshot
from server.handheld.asked import admitted
from server.handheld.ranges import etag, wanted
from server.problems import answer
from sync.queries import segments as queries

blueprint = Blueprint(
    "segments", __name__, url_prefix="/sync/v1", description="Prepared rows, served as bytes."
)
SERVED = Counter("talaria_segments_served", "Segments asked for, by what was answered", ["answer"])
BYTES = Counter("talaria_segment_bytes", "Bytes of segments sent to handhelds")
KEEP_S = 365 * 24 * 3600


@blueprint.route("/segments/<segment_id>", methods=["GET"])
@needs("rep-device")
@blueprint.doc(
    responses={
        200: {
            "description": "zstd of JSON: kind -> rows turned on their side",
            "content": {"application/zstd": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
)
def segment(segment_id: str) -> Response:
    """Hand out a segment, or a part of it, to a handheld that carries its scope.

    One that is not there and one of a scope that this handheld does not carry are the same
    answer: nobody learns what others have.
    """
    carrier = admitted(None)
    with snapshot(asking.engine()) as conn:
        found = queries.granted(
            conn, segment_id, carrier.cell, carrier.rep, carrier.company_cell, carrier.cells
        )
    if found is None:
        SERVED.labels("unknown").inc()
        raise Problem("segment_unknown")
    _, sha256, body = found
    asked = wanted(request.headers, sha256, len(body))
    SERVED.labels(asked.state).inc()
    told = _bytes(asked.state, body[asked.start : asked.stop])
    told.headers["ETag"] = etag(sha256)
    told.headers["Accept-Ranges"] = "bytes"
    told.headers["Cache-Control"] = f"private, max-age={KEEP_S}, immutable"
    if asked.state == "part":
        told.headers["Content-Range"] = f"{asked.content_range}{len(body)}"
    if asked.state == "none_such":
        told.headers["Content-Range"] = f"bytes */{len(body)}"
    return told


def _bytes(state: str, data: bytes) -> Response:
    if state == "none_such":
        return answer(Problem("range_unsatisfiable"))
    BYTES.inc(len(data))
    status = {"part": 206, "unchanged": 304}.get(state, 200)
    return Response(data, status=status, content_type="application/zstd")
