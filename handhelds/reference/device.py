"""The handheld's side of the protocol: which calls to make, and what an answer does.

Nothing here does input or output. A talk is a generator: it yields a `Call`, is sent the `Reply`
(or None when no answer came), and returns an `Ending`. What must be remembered goes through a
`Keeper`, which local.py is. So the network (link.py), the session cases of sync/contract and a
simulation can all drive the very same lines:

    talk = sync(keeper, clock, new_id)
    call = next(talk)
    while True:
        try:
            call = talk.send(reply_to(call))
        except StopIteration as over:
            return over.value

Two rules carry all the safety. Only a verdict takes a change out of the outbox: any other answer
leaves it there, to be sent again byte for byte. And a pull is staged page by page and swapped in
whole, so that a rep never looks at half of one.
"""

from collections.abc import Callable, Generator, Sequence
from typing import Protocol

import msgspec

from handhelds.reference.answers import (
    Call,
    Ending,
    EnrolAnswer,
    Kept,
    Page,
    PushAnswer,
    Reply,
    judge,
    read,
)
from handhelds.reference.clock import Clock, reading
from handhelds.reference.fetching import Shelf, fetch_segments
from handhelds.reference.receipts import Answered, check_receipts
from handhelds.reference.verify import Checker, verify
from schemas.change import MOST_CHANGES
from schemas.versions import NEWEST

BATCH_BYTES = 4 * 1024 * 1024
"""A batch stops growing here: half of what a server must take, so headers never matter."""
PAGE_ROWS = 5_000
MOST_PAGES = 10_000
MOST_TRIES = 3
"""So often the copy is compared in one sync, when news comes in between."""
MOST_ODD = 3
"""So many changes refused alone say that the server, not the changes, is at odds with us."""

GOES_ON = frozenset({"done", "refused", "set_back"})
"""After a push that ended so, news is fetched all the same."""

Talk = Generator[Call, Reply | None, Ending]
NewId = Callable[[], str]


class Identity(msgspec.Struct, frozen=True):
    """Who this handheld is to the server; `epoch` follows the server's database."""

    device: str
    install: str
    secret: str
    epoch: str | None


class Outgoing(msgspec.Struct, frozen=True):
    """A change on its way: `raw` is its stored JSON object without n, never written anew."""

    n: int
    id: str
    raw: bytes


class Position(msgspec.Struct, frozen=True):
    """Where the next pull begins; `page` is set when an earlier one was cut after some pages."""

    cursor: str | None
    page: str | None


class Queue(msgspec.Struct, frozen=True):
    """The outbox as a pull reports it."""

    pending: int
    oldest: str | None
    acknowledged_through: int


class Health(msgspec.Struct, frozen=True):
    """How this handheld is, as a pull reports it. `wiped`: it obeyed a revocation."""

    app: str
    free_bytes: int
    wiped: bool


class Keeper(Answered, Protocol):
    """What a talk needs remembered. Each call is one transaction, durable when it returns."""

    @property
    def checked(self) -> Checker: ...
    @property
    def shelf(self) -> Shelf: ...
    def install(self) -> str: ...
    def identity(self) -> Identity | None: ...
    def keep_identity(self, answer: EnrolAnswer) -> str | None: ...
    def batch(self, at_most: int, at_most_bytes: int, after_n: int) -> Sequence[Outgoing]: ...
    def keep_verdicts(self, answer: PushAnswer) -> Kept: ...
    def is_set_back(self) -> bool: ...
    def has_waiting(self) -> bool: ...
    def must_offer(self) -> bool: ...
    def queue(self) -> Queue: ...
    def position(self) -> Position: ...
    def stage(self, page: Page, body: bytes) -> None: ...
    def swap_in(self, page: Page | None = None) -> int: ...
    def is_staged_whole(self) -> bool: ...
    def use_what_came(self) -> bool: ...
    def forget_staged(self) -> None: ...
    def forget_cursor(self) -> None: ...
    def has_room(self) -> bool: ...
    def health(self) -> Health: ...
    def wipe(self) -> None: ...
    def verify_due(self) -> str | None: ...


def enrol(keeper: Keeper, code: str, model: str, app: str) -> Talk:
    """Become one of the company's handhelds. Safe to repeat with the same code after a cut."""
    body = {"code": code, "install": keeper.install(), "model": model, "app": app}
    reply = yield Call("POST", "/sync/v1/enrol", msgspec.json.encode(body), None)
    trouble = judge(reply)
    if trouble is not None:
        return trouble
    answer = read(reply, EnrolAnswer)
    if answer is None:
        return Ending("cut", "the answer could not be read")
    why_not = keeper.keep_identity(answer)
    return Ending("done") if why_not is None else Ending("refused", why_not)


def push(keeper: Keeper, clock: Clock, new_id: NewId, *, ask_mark: bool = False) -> Talk:
    """Send what waits, oldest first, until nothing does. `ask_mark`: send even an empty batch,
    to learn how far the server knows this handheld (it may have lost its last hours)."""
    identity = keeper.identity()
    if identity is None:
        return Ending("enrol")
    if keeper.is_set_back():
        return Ending("set_back")
    answered, passed_n, at_most, odd = 0, 0, MOST_CHANGES, 0
    refused: Ending | None = None
    begun_anew, checks = False, True
    while True:
        if checks and keeper.unsure_from() is not None:
            checks, passed_n = False, 0  # once an epoch: no server can keep us from pushing
            checked = yield from check_receipts(keeper, identity.secret, identity.epoch)
            if checked.state not in ("done", "refused"):
                return checked.counting(answered=answered)
            answered += checked.answered
        batch = keeper.batch(at_most, BATCH_BYTES, passed_n)
        if not batch and not ask_mark:
            return (refused or Ending("done")).counting(answered=answered)
        ask_mark = False
        told = keeper.queue().acknowledged_through
        reply = yield _push_call(identity, clock, new_id(), batch, told)
        trouble = judge(reply)
        if trouble is not None and trouble.state == "refused" and batch:
            # Not one change may block the others: halve until the odd one is alone, then pass it.
            if len(batch) > 1:
                at_most = len(batch) // 2
                continue
            passed_n, at_most, refused, odd = batch[0].n, MOST_CHANGES, trouble, odd + 1
            if odd < MOST_ODD:
                continue
        if trouble is not None:
            if trouble.state == "set_back":
                keeper.stop_being()
            return trouble.counting(answered=answered)
        answer = read(reply, PushAnswer)
        if answer is None:
            return Ending("cut", "the answer could not be read", answered=answered)
        kept = keeper.keep_verdicts(answer)
        answered += kept.answered
        # What names an earlier epoch is not decided: once more, in this one.
        begins_anew = answer.epoch != identity.epoch and not begun_anew
        begun_anew, checks = begun_anew or begins_anew, checks or begins_anew
        identity = keeper.identity() or identity
        if kept.set_back:
            return Ending("set_back", answered=answered)
        if kept.offered_again or begins_anew:
            passed_n = 0
        elif batch and not kept.answered:
            return Ending("later", "the server gave no verdict", answered=answered)


def _push_call(
    identity: Identity, clock: Clock, batch_id: str, batch: Sequence[Outgoing], told: int
) -> Call:
    """A push of these changes; each goes out as the bytes it was stored as, with its n. `told`:
    how far the server said it knows us, so that it can see whether it lost time since."""
    head = {
        "device": identity.device,
        "install": identity.install,
        "epoch": identity.epoch,
        "batch": batch_id,
        "acknowledged_through": told,
        "clock": reading(clock),
    }
    changes = b",".join(b'{"n":%d,%s' % (one.n, one.raw[1:]) for one in batch)
    body = msgspec.json.encode(head)[:-1] + b',"changes":[' + changes + b"]}"
    return Call("POST", "/sync/v1/push", body, identity.secret)


def pull(keeper: Keeper, clock: Clock, *, verify: bool = False) -> Talk:
    """Bring the copy up to date. Pages are staged, segments that they name are fetched; when all
    is there it is swapped in at once. Of a first pull, what the day needs is used before."""
    identity = keeper.identity()
    if identity is None:
        return Ending("enrol")
    restarted = False
    for pages in range(1, MOST_PAGES):
        if not keeper.has_room():
            return Ending("no_room", pages=pages - 1)
        position, reply = keeper.position(), None
        lacks = keeper.shelf.lacking()
        trouble = (yield from fetch_segments(keeper.shelf, identity.secret)) if lacks else None
        if trouble is None and keeper.is_staged_whole():
            return Ending("done", pages=pages - 1, rows=keeper.swap_in())
        if trouble is None:
            keeper.use_what_came()
            reply = yield _pull_call(identity, clock, position, keeper, verify)
            trouble = judge(reply)
        is_old = bool(position.page or lacks)  # pages and segments are not kept for ever
        if trouble is not None and trouble.state == "refused" and is_old and not restarted:
            keeper.forget_staged()  # its cursor is still good
            restarted = True
            continue
        if trouble is not None and trouble.state == "refused" and lacks:
            trouble = Ending("later", trouble.detail)
        if trouble is not None:
            if trouble.state == "verify":
                keeper.note_loss()
                keeper.forget_cursor()  # the next pull brings everything anew
            return trouble.counting(pages=pages - 1)
        page = read(reply, Page)
        if reply is None or page is None or not page.is_whole():
            return Ending("cut", "the page could not be read", pages=pages - 1)
        if page.complete and not page.segments:
            return Ending("done", pages=pages, rows=keeper.swap_in(page))
        keeper.stage(page, reply.body)
    return Ending("later", "the pull did not end")


def _pull_call(
    identity: Identity, clock: Clock, position: Position, keeper: Keeper, verify: bool
) -> Call:
    health = keeper.health()
    body = {
        "device": identity.device,
        "install": identity.install,
        "epoch": identity.epoch,
        "cursor": position.cursor,
        "page": position.page,
        "schema": NEWEST,
        "limit": PAGE_ROWS,
        "segments": True,
        "turned": True,
        "verify": verify,
        "outbox": keeper.queue(),
        "clock": reading(clock),
        "app": health.app,
        "free_bytes": health.free_bytes,
        "wiped": health.wiped,
    }
    return Call("POST", "/sync/v1/pull", msgspec.json.encode(body), identity.secret)


def sync(keeper: Keeper, clock: Clock, new_id: NewId, why: str | None = None) -> Talk:
    """Push, then pull. When that shows that the server lost time (it knows no cursor of ours, has
    another epoch, or a lower mark): push once more, even nothing, so that it can say what it
    lost, offer that again, and fetch what is not as the server has it now.

    At last the copy is verified when that is due, or `why` ("asked") says so."""
    # What waits for something else may have been decided since: a push, even an empty one, tells.
    asks = keeper.has_waiting() or keeper.must_offer()
    pushed = yield from push(keeper, clock, new_id, ask_mark=asks)
    if pushed.state not in GOES_ON:
        return pushed
    pulled = yield from _fetch(keeper, clock, new_id)
    if pulled.state == "verify" or (pulled.state == "done" and keeper.must_offer()):
        again = yield from push(keeper, clock, new_id, ask_mark=True)
        pushed = again.counting(answered=pushed.answered)
        if pushed.state not in GOES_ON:
            return pushed
        pulled = yield from _fetch(keeper, clock, new_id)
    if pulled.state == "done":
        pulled = yield from _verified(keeper, clock, new_id, pulled, why)
    if pulled.state == "wipe" and not keeper.health().wiped:
        keeper.wipe()
        yield from pull(keeper, clock)  # so that the office sees that it was obeyed
    if pulled.state == "set_back":
        keeper.stop_being()
    # Set back, we push nothing and never hear of a new epoch: the rep must enrol, not try again.
    asks_again = pulled.state == "verify" and pushed.state == "set_back"
    if asks_again or (pulled.state == "done" and pushed.state != "done"):
        return pushed.counting(
            pages=pulled.pages, rows=pulled.rows, compared=pulled.compared, repaired=pulled.repaired
        )
    return pulled.counting(answered=pushed.answered)


def _fetch(keeper: Keeper, clock: Clock, new_id: NewId) -> Talk:
    """Pull. A copy that lost its cursor is compared first: what still is so need not come again."""
    rows, at = 0, keeper.position()
    if at.cursor is None and at.page is None and keeper.checked.has_rows():
        verified = yield from verify(keeper, new_id, "cursor")
        if verified.state in ("cut", "later", "enrol", "wipe", "set_back"):
            return verified
        rows = verified.repaired
    pulled = yield from pull(keeper, clock, verify=rows > 0)
    return pulled.counting(rows=rows)


def _verified(
    keeper: Keeper, clock: Clock, new_id: NewId, pulled: Ending, asked: str | None
) -> Talk:
    """Verify the copy if that is due. What hinders it is no trouble of the sync: news is there,
    and the next sync tries again; only who asked for it is told."""
    why = asked or keeper.verify_due()
    for _ in range(MOST_TRIES if why else 0):
        ending = yield from verify(keeper, new_id, why or "")
        if ending.state == "done":
            return pulled.counting(compared=ending.compared, repaired=ending.repaired)
        if ending.state in ("behind", "verify"):
            again = yield from pull(keeper, clock, verify=True)
            pulled = again.counting(pages=pulled.pages, rows=pulled.rows)
            if pulled.state != "done":
                return pulled
        elif asked or ending.state in ("enrol", "wipe", "set_back"):
            return ending.counting(pages=pulled.pages, rows=pulled.rows)
        else:
            return pulled
    return Ending("behind", pages=pulled.pages, rows=pulled.rows) if asked else pulled
