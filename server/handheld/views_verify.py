"""HTTP of verifying: POST verify, a step of finding out whether a handheld's rows are ours.

Each row that had to be repaired is kept, counted and logged: a repair is a bug report.
"""

from typing import Any

import msgspec
import structlog
from flask import Response
from flask_smorest import Blueprint
from prometheus_client import Counter
from sqlalchemy import Connection

from schemas.compiled import compiled
from schemas.strict import check_json
from schemas.verify import VerifyAnswer, VerifyRequest
from schemas.versions import rows_at
from server import asking
from server.auth import needs
from server.database import snapshot, transaction
from server.handheld.asked import admitted, as_json, body_of, struct_of
from sync.carrier import Carrier
from sync.queries import feed as feed_queries
from sync.queries import verify as queries
from sync.verify import Answer, verify

blueprint = Blueprint(
    "verify", __name__, url_prefix="/sync/v1", description="Verify and repair by slice."
)
log = structlog.get_logger("talaria.verify")
FOUND = Counter(
    "talaria_verifications", "Copies of handhelds compared, by reason and result", ["why", "result"]
)
REPAIRS = Counter(
    "talaria_repairs", "Rows of handhelds that were wrong and repaired", ["kind", "what"]
)

_VERIFY = compiled(VerifyRequest)
_encode = msgspec.json.Encoder().encode
MOST_DEFECTS = 5_000
"""Of one answer so many are kept; a copy with more wrong than that is one defect, not many."""


@blueprint.route("/verify", methods=["POST"])
@needs("rep-device")
@blueprint.doc(requestBody={"content": {"application/json": {"schema": VerifyRequest}}})
@blueprint.alt_response(200, schema=VerifyAnswer)
def verify_copy() -> Response:
    """Compare what a handheld holds with what it should, and send what makes it so."""
    raw = body_of()
    check_json(raw)
    asked = struct_of(_VERIFY, raw)
    carrier = admitted(asked)
    with snapshot(asking.engine()) as conn:
        answer = verify(conn, carrier, asked)
    if answer.keep or answer.sent or answer.compared is not None:
        with transaction(asking.engine()) as conn:
            _keep(conn, carrier, asked, answer)
    _tell(carrier, asked, answer)
    return as_json(_said(answer, asked.schema))


def _keep(conn: Connection, carrier: Carrier, asked: Any, answer: Answer) -> None:
    """Write what the answer relies on: the cursor made, the defects, how the run goes."""
    if answer.keep:
        feed_queries.keep_cursor(conn, answer.keep)
    common = {
        "cell": carrier.cell, "device": carrier.device, "rep": carrier.rep, "run": asked.run,
        "why": asked.why, "cursor": answer.cursor, "schema": asked.schema,
    }  # fmt: skip
    if answer.defects:
        queries.keep_repairs(conn, common, answer.defects[:MOST_DEFECTS])
    queries.keep_verification(
        conn, {**common, "rows": answer.compared, "equal": answer.equal, "sent": answer.sent}
    )


def _tell(carrier: Carrier, asked: Any, answer: Answer) -> None:
    """Count and log: which rows, never what stands in them."""
    if answer.behind or answer.compared is not None:
        results = {True: "equal", False: "differs", None: "behind" if answer.behind else "compared"}
        FOUND.labels(asked.why, results[answer.equal]).inc()
    for one in answer.defects:
        REPAIRS.labels(one.kind if one.kind in rows_at(asked.schema) else "unknown", one.what).inc()
    for one in answer.defects[:20]:
        log.warning(
            "repair", device=carrier.device, scope=one.scope, kind=one.kind, key=one.key,
            what=one.what, held_version=one.held_version, version=one.version,
            cursor=answer.cursor, why=asked.why, run=asked.run,
        )  # fmt: skip
    if len(answer.defects) > 20:
        log.warning("repairs", device=carrier.device, rows=len(answer.defects), run=asked.run)


def _said(answer: Answer, version: int) -> bytes:
    """The answer's bytes; rows come as JSON text from the database."""
    head = {
        "epoch": answer.epoch,
        "cursor": answer.cursor,
        "server_time": asking.now(),
        "behind": answer.behind,
        "equal": bool(answer.equal),
        "scopes": {scope: one.spelled() for scope, one in answer.scopes.items()},
        "slices": [[one.spelled() for one in parts] for parts in answer.slices],
        "news": answer.news,
        "answered": answer.answered,
        "gone": answer.gone,
    }
    columns = rows_at(version)
    rows = ",".join(
        f'"{kind}":{{"columns":{_encode(columns[kind]).decode()},"data":[{",".join(texts)}]}}'
        for kind, texts in answer.rows.items()
    )
    return b'%s,"rows":{%s}}' % (_encode(head)[:-1], rows.encode())
