"""HTTP of the sync protocol: POST enrol, push, pull; GET receipts (sync/contract/PROTOCOL.md)."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog
import zstandard
from flask import Response, current_app, request
from flask_smorest import Blueprint

from schemas.change import Batch
from schemas.compiled import compiled
from schemas.failpoint import failpoint
from schemas.page import EnrolAnswer, EnrolRequest, Page, PullRequest, ReceiptsAnswer
from schemas.problem import Problem
from schemas.strict import check_json, split_changes
from schemas.verdict import PushAnswer
from server import asking
from server.access.devices import enrol, note_wiped
from server.access.epochs import begin_if_a_handheld_knows_more
from server.auth import needs
from server.database import snapshot, transaction
from server.handheld.asked import admitted, as_json, body_of, carrier_of, notice, struct_of
from sync.pull import read_page
from sync.push import PushAnswer as Pushed
from sync.push import push as push_batch
from sync.queries import feed as feed_queries
from sync.queries import pull as pull_queries
from sync.queries import push as push_queries
from sync.queries.driver import together
from sync.segments import rows_json
from sync.stand import Answer
from sync.still import nothing_new
from sync.verdicts import told_again

blueprint = Blueprint(
    "sync", __name__, url_prefix="/sync/v1", description="The sync protocol of handhelds."
)
log = structlog.get_logger("talaria.sync")

_BATCH = compiled(Batch)
_PULL = compiled(PullRequest)
_ENROL = compiled(EnrolRequest)
_encode = msgspec.json.Encoder().encode
MOST_RECEIPTS = 500
"""Some seconds over the field's line; a handheld keeps how far it got."""
TURNED_ROWS = 200
"""Fewer rows are not worth turning on their side."""
LARGE_BYTES = 512 * 1024
LARGE_LEVEL = 9
"""A territory of 109,000 lines travels as 874 kB; at level 3, 968; not turned, 1,311."""
LEASE_DAYS = 90
CROWDED_S = 15.0
"""So long a push waits for rows when it knows that others of its depot are at them."""
HEARTBEAT = timedelta(minutes=5)  # a pull that brings nothing is noted this often


def _epoch(asked: str | None, told: int | None) -> str:
    """The epoch there is. When a handheld was told more in it than this database knows, the
    database lost time and nobody noticed: then a new one begins here."""
    device = asking.device()
    if asked != device.epoch or told is None or told <= device.acknowledged_n:
        return device.epoch
    with transaction(asking.engine()) as conn:
        return begin_if_a_handheld_knows_more(conn, asked, device.id, told, asking.now())


@blueprint.route("/enrol", methods=["POST"])
@needs("public")
@blueprint.doc(requestBody={"content": {"application/json": {"schema": EnrolRequest}}})
@blueprint.alt_response(200, schema=EnrolAnswer)
def enrol_handheld() -> Response:
    """Make this installation one of the company's handhelds, by a code from the office."""
    raw = body_of()
    check_json(raw)
    asked = struct_of(_ENROL, raw)
    answer = enrol(
        asking.engine(), asked.code, asked.install, asked.model, asked.app, asking.now(),
        asking.address(),
    )  # fmt: skip
    return as_json(_encode(answer))


@blueprint.route("/push", methods=["POST"])
@needs("rep-device")
@blueprint.doc(requestBody={"content": {"application/json": {"schema": Batch}}})
@blueprint.alt_response(200, schema=PushAnswer)
def push() -> Response:
    """Take a batch of changes; answer a verdict for each. One of an earlier epoch is not decided:
    its answer tells this one, and how far the handheld is known in it."""
    received_at = asking.now()
    split = split_changes(body_of())
    envelope = struct_of(_BATCH, _encode(split.envelope))
    carrier = carrier_of(envelope)
    epoch = _epoch(envelope.epoch, envelope.acknowledged_through)
    if envelope.epoch not in (None, epoch):
        # It may be a late copy: decided anew, nobody would hear what became of it.
        return _pushed(Pushed([], asking.device().acknowledged_n, epoch))
    with current_app.extensions["turnstile"].turn(carrier.cell) as crowded:
        usual_s = asking.settings().statement_timeout_s
        patience_s = max(CROWDED_S, usual_s) if crowded else None
        answer = push_batch(
            lambda: transaction(asking.engine(), patience_s), carrier, envelope.clock,
            split.changes, received_at,
            epoch=epoch,
            check_receipts=not current_app.config.get("PLANT_NO_RECEIPTS"),
            known=current_app.extensions["known"],
        )  # fmt: skip
    notice(envelope.clock, reused=any('"id_reused"' in text for text in answer.verdicts))
    for fault in answer.faults:
        log.error("push_fault", fault=fault, device=carrier.device)
    for cell in answer.cells:
        _hint(cell)
    failpoint("after_commit")
    return _pushed(answer)


def _pushed(answer: Pushed) -> Response:
    text = (
        f'{{"verdicts":[{",".join(answer.verdicts)}],'
        f'"acknowledged_through":{answer.acknowledged_through},'
        f'"epoch":"{answer.epoch}","server_time":{_encode(asking.now()).decode()}}}'
    )
    return as_json(text.encode())


def _hint(cell: int) -> None:
    """Wake whoever waits for orders of a cell; a hint that gets lost is found by the sweep."""
    current_app.extensions["hint"](f"orders {cell}")


@blueprint.route("/pull", methods=["POST"])
@needs("rep-device")
@blueprint.doc(requestBody={"content": {"application/json": {"schema": PullRequest}}})
@blueprint.alt_response(200, schema=Page)
def pull() -> Response:
    """Answer what changed since the handheld's cursor, a page at a time."""
    received_at = asking.now()
    raw = body_of()
    check_json(raw)
    asked = struct_of(_PULL, raw)
    if asked.wiped and carrier_of(asked).state == "revoked":
        with transaction(asking.engine()) as conn:
            note_wiped(conn, asking.device(), received_at)
    carrier = admitted(asked, asked.clock)
    _epoch(asked.epoch, asked.outbox.acknowledged_through if asked.outbox else None)
    with asking.engine().connect() as conn:
        answer = nothing_new(conn, carrier, asked)
    if answer is None:
        with snapshot(asking.engine()) as conn:
            answer = read_page(conn, carrier, asked)
    heard = asking.device().last_pull_at
    if answer.keep is None and (heard is None or received_at - heard > HEARTBEAT):
        with transaction(asking.engine()) as conn:
            health = _health(asked, received_at)
            pull_queries.keep_health(conn, carrier.cell, carrier.device, health)
    failpoint("before_cursor")
    if answer.keep is not None:
        with transaction(asking.engine()) as conn, together(conn):
            feed_queries.keep_cursor(conn, answer.keep)
            pull_queries.keep_health(
                conn, carrier.cell, carrier.device, _health(asked, received_at)
            )
    return _pressed(_page(answer, asked, asking.now()))


def _health(asked: Any, received_at: datetime) -> dict[str, Any]:
    offset = None
    if asked.clock is not None:
        offset = int((received_at - asked.clock.wall).total_seconds() * 1000)
    return {
        "schema": asked.schema,
        "pending": asked.outbox.pending if asked.outbox else None,
        "oldest": asked.outbox.oldest if asked.outbox else None,
        "offset": offset,
        "free": asked.free_bytes,
        "app": asked.app,
    }


def _directives() -> list[dict[str, Any]]:
    """What is asked of the handheld beside its rows; a lease of 90 days goes without saying."""
    days = asking.device().lease_days
    return [] if days == LEASE_DAYS else [{"kind": "lease", "days": days}]


def _page(answer: Answer, asked: Any, now: datetime) -> bytes:
    """Put the page's bytes together; rows come as JSON text from the database."""
    stock, receivable = answer.as_of
    head: dict[str, Any] = {
        "epoch": answer.epoch,
        "cursor": answer.cursor,
        "complete": answer.complete,
        "usable": answer.usable,
        "page": answer.page,
        "server_time": now,
        "acknowledged_through": asking.device().acknowledged_n,
        "as_of": {"stock": stock, "receivable": receivable},
        "scopes": {"added": answer.added, "dropped": answer.dropped},
        "gone": answer.gone,
        "directives": _directives(),
    }
    if asked.segments:
        head["segments"] = answer.named
    text = _encode(head)[:-1]
    if answer.inside:
        text += b',"inside":[%s]' % ",".join(answer.inside).encode()
    turns = asked.turned and answer.count >= TURNED_ROWS
    rows = ",".join(
        f'"{kind}":{rows_json(kind, asked.schema, ",".join(texts), turns=turns)}'
        for kind, texts in answer.rows.items()
    )
    return b'%s,"rows":{%s}}' % (text, rows.encode())


def _pressed(text: bytes) -> Response:
    """A page as JSON; a large one pressed harder than answers usually are, where zstd is read."""
    told = as_json(text)
    if len(text) >= LARGE_BYTES and request.accept_encodings.quality("zstd") > 0:
        told.set_data(zstandard.ZstdCompressor(level=LARGE_LEVEL).compress(text))
        told.headers["Content-Encoding"] = "zstd"
        told.headers["Vary"] = "Accept-Encoding"
    return told


@blueprint.route("/receipts", methods=["GET"])
@needs("rep-device")
@blueprint.alt_response(200, schema=ReceiptsAnswer)
def receipts() -> Response:
    """Answer stored verdicts again, from number `from_n` on, in the shape a push is answered."""
    try:
        from_n = int(request.args.get("from_n", "1"))
    except ValueError:
        raise Problem("envelope_invalid", "from_n must be a whole number.") from None
    carrier = carrier_of(None)
    with asking.engine().begin() as conn:
        verdicts = push_queries.verdicts_from(
            conn, carrier.cells, carrier.device, from_n, MOST_RECEIPTS
        )
    device = asking.device()
    told = [told_again(stored, n) for n, stored in verdicts]
    return _pushed(Pushed(told, device.acknowledged_n, device.epoch))
