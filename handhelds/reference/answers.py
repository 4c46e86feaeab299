"""What a server may answer, read strictly where it matters and tolerantly where it may grow.

A newer server may add members, kinds and columns: they are passed over. What a talk relies on
must be there and of its type, else the answer counts as not received.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from schemas.rows import ROWS
from schemas.turned import straighten

State = Literal[
    "done", "cut", "later", "enrol", "wipe", "verify", "behind", "refused", "set_back", "no_room"
]  # fmt: skip

Digested = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{1,9}:[0-9a-f]{16}\Z")]

SENTENCES: dict[str, str] = {
    "done": "Everything is sent and your copy is up to date.",
    "cut": "The line was cut. Nothing is lost; it goes out again by itself.",
    "later": "The server is busy. Nothing is lost; it goes out again by itself.",
    "enrol": "This handheld must be enrolled: ask the office for a code. Your work is kept.",
    "wipe": "The office has taken this handheld out of use. Your work was sent first.",
    "verify": "The server asks for a fresh copy. Nothing is lost; try once more.",
    "behind": "News came while the copy was compared; it is compared with the next sync.",
    "refused": "The server could not read some of your work. It is kept; tell the office.",
    "set_back": "This handheld was set back to an older copy of itself, or another one goes by its "
    "name: enrol it again with a code from the office. Your work is kept.",
    "no_room": "There is too little room on this handheld to fetch news. Orders are still saved "
    "and sent; make some room.",
}

TRIED_AGAIN = frozenset({"cut", "later", "verify"})
"""States that pass by themselves: worth another try without the rep."""


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request to make. `secret` None = without Authorization."""

    method: str
    path: str
    body: bytes
    secret: str | None
    first: int = 0
    stop: int | None = None
    tag: str | None = None
    """Of bytes that are fetched in pieces: from `first` up to, not including, `stop`, and only if
    they are still the bytes of this tag."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, its body inflated and whole; or, of bytes fetched in pieces, from `first`
    on as far as it came before the line was cut (`is_cut`)."""

    status: int
    body: bytes
    retry_after_s: float | None = None
    first: int = 0
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """How a talk ended: a state of SENTENCES, and what it got done before."""

    state: State
    detail: str = ""
    retry_after_s: float | None = None
    answered: int = 0
    pages: int = 0
    rows: int = 0
    compared: int = 0
    repaired: int = 0

    def counting(
        self,
        *,
        answered: int = 0,
        pages: int = 0,
        rows: int = 0,
        compared: int = 0,
        repaired: int = 0,
    ) -> "Ending":
        """The same ending with these added to its counts."""
        return replace(
            self,
            answered=self.answered + answered,
            pages=self.pages + pages,
            rows=self.rows + rows,
            compared=self.compared + compared,
            repaired=self.repaired + repaired,
        )


class EnrolAnswer(msgspec.Struct):
    """Who we now are. `number_prefix` starts every order number of this handheld."""

    device: str
    secret: str
    no: int
    number_prefix: str
    rep: dict[str, Any]
    company: dict[str, Any]
    epoch: str
    server_time: str


class Verdict(msgspec.Struct):
    """What became of one change; conflicts carry a sentence each in `says`."""

    n: int
    id: str
    outcome: str
    says: str = ""
    state: str | None = None
    refs: dict[str, Any] = {}
    conflicts: list[dict[str, Any]] = []
    replayed: bool = False

    def says_reused(self) -> bool:
        """Whether the server knows this id or n with another body."""
        return any(conflict.get("rule") == "id_reused" for conflict in self.conflicts)


class PushAnswer(msgspec.Struct):
    """The answer to a push."""

    verdicts: list[Verdict]
    acknowledged_through: int
    epoch: str
    server_time: str


class Kept(msgspec.Struct, frozen=True):
    """What an answer changed: new verdicts, changes offered again, or a handheld set back."""

    answered: int
    offered_again: int = 0
    set_back: bool = False


class Rows(msgspec.Struct):
    """Rows of one kind. They may come turned on their side; then they are set upright at once."""

    columns: list[str]
    data: list[list[Any]] = []
    turned: list[Any] | None = None

    def __post_init__(self) -> None:
        if self.turned is not None:
            self.data, self.turned = straighten(self.columns, self.turned), None


class Segment(msgspec.Struct):
    """Rows of a scope that are to be fetched as bytes."""

    id: str
    scope: str
    rows: int
    bytes: int
    sha256: str


class Scopes(msgspec.Struct):
    """Scopes that came and went."""

    added: list[str] = []
    dropped: list[str] = []


class Page(msgspec.Struct):
    """One page of a pull."""

    epoch: str
    complete: bool
    server_time: str
    cursor: str | None = None
    page: str | None = None
    usable: bool = False
    acknowledged_through: int | None = None
    as_of: dict[str, str | None] = {}
    scopes: Scopes = msgspec.field(default_factory=Scopes)
    segments: list[Segment] = []
    inside: list[dict[str, Rows]] = []
    rows: dict[str, Rows] = {}
    gone: dict[str, list[str]] = {}
    directives: list[dict[str, Any]] = []

    def is_whole(self) -> bool:
        """Whether it can be continued or kept, and every known row has its id, scope, version."""
        if (self.cursor if self.complete else self.page) is None:
            return False
        return are_whole(self.rows) and all(are_whole(one) for one in self.inside)


def are_whole(rows: dict[str, Rows]) -> bool:
    """Whether every row of a kind we know has its id, scope, version, and all its columns."""
    return all(
        {"id", "scope", "version"} <= set(part.columns)
        and all(len(row) == len(part.columns) for row in part.data)
        for kind, part in rows.items()
        if kind in ROWS
    )


class VerifyAnswer(msgspec.Struct):
    """One step of a verification. Digests are text, "412:b3f09a6c00d1e2f3"."""

    epoch: str
    server_time: str
    behind: bool
    equal: bool
    cursor: str | None = None
    scopes: dict[str, Digested] = {}
    slices: list[Annotated[list[Digested], msgspec.Meta(min_length=16, max_length=16)]] = []
    news: dict[str, list[str]] = {}
    answered: int = 0
    rows: dict[str, Rows] = {}
    gone: dict[str, list[str]] = {}

    def is_whole(self) -> bool:
        """Whether it can be acted on."""
        return self.behind or (self.cursor is not None and are_whole(self.rows))


Answer = TypeVar("Answer", EnrolAnswer, PushAnswer, Page, VerifyAnswer)


def read(reply: Reply | None, shape: type[Answer]) -> Answer | None:
    """The answer in its shape, or None when it is not one: then it counts as not received."""
    if reply is None:
        return None
    try:
        return msgspec.json.decode(reply.body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def judge(reply: Reply | None) -> Ending | None:
    """None when the reply is a success to be read; otherwise the state it puts us in."""
    if reply is None:
        return Ending("cut")
    if 200 <= reply.status < 300:
        return None
    problem = _problem(reply.body)
    told = str(problem.get("detail") or problem.get("title") or f"HTTP {reply.status}")
    if problem.get("remedy"):
        told = f"{told} {problem['remedy']}"
    after = problem.get("next")
    # Only our own server writes problems: a 401 or 404 without one is some hotel's login page.
    if after == "wipe":
        return Ending("wipe", told)
    if problem.get("code") == "device_in_use_elsewhere":
        return Ending("set_back", told)
    if after == "verify":
        return Ending("verify", told)
    if after == "enrol":
        return Ending("enrol", told)
    if after in ("mend", "split") or (after is not None and reply.status == 500):
        return Ending("refused", told)
    return Ending("later", told, reply.retry_after_s)


def _problem(body: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return found if isinstance(found, dict) else {}
