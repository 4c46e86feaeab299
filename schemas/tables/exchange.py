"""How changes travel: feeds, entries, cursors, receipts, conflicts, deliveries."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from schemas.tables.metadata import METADATA, Id, Instant, cell_key, replicated

OUTCOMES = ("applied", "adjusted", "merged", "held", "rejected", "waiting")

incarnation = Table(
    "incarnation",
    METADATA,
    Column("one", Boolean, primary_key=True),
    Column("epoch", Text, nullable=False),
    Column("began_at", Instant(), nullable=False),
    Column("why", Text, nullable=False),
    CheckConstraint("one", name="single"),
)

feed = Table(
    "feed",
    METADATA,
    Column("cell", Integer, primary_key=True, autoincrement=False),
    Column("pos", BigInteger, nullable=False),
    Column("orders_pos", BigInteger, nullable=False),  # last position that touched an order
)

entry = Table(
    "entry",
    METADATA,
    cell_key(),
    Column("scope", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("pos", BigInteger, nullable=False),
    Column("act", Text, nullable=False),
    Column("at", Instant(), nullable=False),
    CheckConstraint("act in ('put', 'gone', 'granted', 'revoked')", name="act"),
    Index("ix_entry_scope_pos", "cell", "scope", "pos"),
    Index("ix_entry_gone", "cell", "kind", "key", postgresql_where="act = 'gone'"),
)

cursor = Table(
    "cursor",
    METADATA,
    cell_key(),  # the device's home cell
    Column("id", Text, primary_key=True),
    Column("device", Text, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("schema", Integer, nullable=False),
    Column("positions", JSONB, nullable=False),  # {cell: pos}
    Column("scopes", ARRAY(Text), nullable=False),  # "<cell> <scope>", sorted
    Column("page", JSONB),  # empty: a cursor; else how far a paged pull has come
    Column("made_at", Instant(), nullable=False),
    Index("ix_cursor_device", "cell", "device"),
)

receipt = Table(
    "receipt",
    METADATA,
    cell_key(),
    Column("change", Id(), primary_key=True),
    Column("device", Text, nullable=False),
    Column("n", BigInteger),  # empty: the change could not be read that far, or came twice
    Column("rep", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("subject", Text),  # "order/<id>": what the change made or touched
    Column("verdict", Text, nullable=False),  # the answer as sent, JSON
    Column("body_hash", LargeBinary, nullable=False),
    Column(
        "body", LargeBinary
    ),  # the change as sent, kept while a person or a dependency has to look at it
    Column("depends_on", ARRAY(Id()), nullable=False),
    Column("captured_at", Instant()),
    Column("captured_uncertain", Boolean, nullable=False),
    Column("clock_offset_ms", BigInteger),
    Column("received_at", Instant(), nullable=False),
    UniqueConstraint("cell", "device", "n"),
    CheckConstraint(
        "outcome in (" + ", ".join(f"'{outcome}'" for outcome in OUTCOMES) + ")", name="outcome"
    ),
    Index("ix_receipt_waiting", "cell", "device", postgresql_where="outcome = 'waiting'"),
    Index("ix_receipt_subject", "cell", "subject"),
)

ITEMS = ("hold", "adjusted", "notice", "request", "duplicate", "delivery", "alarm", "fault")

conflict = Table(
    "conflict",  # an item of the inbox that rep and office share
    METADATA,
    cell_key(),
    Column("id", Id(), primary_key=True),
    *replicated(),  # scope rep:<author>, or office
    Column("item", Text, nullable=False),
    Column("rep", Text),  # empty: it concerns no rep (an alarm about the office)
    Column("store", Id()),
    Column("order_id", Id()),
    Column("subject", Text),  # "store/<id>", "plan_stop/<id>" ...: what it is about
    Column("change", Id()),  # empty: the server found it by itself
    Column("line", SmallInteger),
    Column("field", Text),  # of an edit: the column two parties changed
    Column("rule", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("base", Text),  # what both started from
    Column("yours", Text),
    Column("now", Text),
    Column("needs", Text),  # rep, office, or nobody
    Column("message", Text, nullable=False),  # key of a sentence
    Column("arguments", JSONB, nullable=False),
    Column("says", Text, nullable=False),  # the sentence, for readers that have none of their own
    Column("proposed", Text),
    Column("answers", ARRAY(Text), nullable=False),  # the office's, the proposed one first
    Column("rep_answers", JSONB, nullable=False),  # the rep's: [[name, what it is called]]
    Column("ask", JSONB),  # what a change request would write; never travels
    Column("owner", Text),  # a role, or the code of who took it
    Column("state", Text, nullable=False),
    Column("due_at", Instant()),
    Column("escalations", Integer, nullable=False),
    Column("escalated_at", Instant()),
    Column("answer", Text),  # the last answer given; a rep's advice may precede the resolution
    Column("answer_note", Text),
    Column("answer_by", Text),
    Column("resolution", Text),
    Column("resolved_by", Text),
    Column("resolved_at", Instant()),
    Column("at", Instant(), nullable=False),
    CheckConstraint("needs in ('rep', 'office')", name="needs"),
    CheckConstraint("state in ('told', 'waiting', 'resolved')", name="state"),
    CheckConstraint("item in (" + ", ".join(f"'{item}'" for item in ITEMS) + ")", name="item"),
    Index("ix_conflict_order", "cell", "order_id"),
    Index("ix_conflict_change", "cell", "change"),
    Index("ix_conflict_subject", "cell", "subject"),
    Index("ix_conflict_waiting", "cell", "due_at", "id", postgresql_where="state = 'waiting'"),
    Index("ix_conflict_answered", "cell", "resolved_at", postgresql_where="state = 'resolved'"),
)

delivery_target = Table(
    "delivery_target",
    METADATA,
    cell_key(),  # the company's cell
    Column("code", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # http, files, ubl
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("deadline_s", Integer, nullable=False),
    Column("can_look_up", Boolean, nullable=False),
    Column("dedupes", Boolean, nullable=False),
    Column("allow_private", Boolean, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("options", JSONB, nullable=False, server_default="{}"),  # settings of the kind's own
    Column("status_since", Text, nullable=False, server_default=""),  # statuses are read so far
)

delivery_code = Table(
    "delivery_code",
    METADATA,
    cell_key(),  # the company's cell
    Column("target", Text, primary_key=True),
    Column("code", Text, primary_key=True),  # their word
    Column("status", Text, nullable=False),  # ours
)

delivery = Table(
    "delivery",
    METADATA,
    cell_key(),
    Column("id", Id(), primary_key=True),  # also the webhook id on every attempt
    Column("order_id", Id(), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("target", Text, nullable=False),
    Column("store", Id(), nullable=False),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False),  # also the fencing token of a claim
    Column("not_before", Instant(), nullable=False),
    Column("lease_until", Instant()),
    Column("claimed_by", Text),
    Column("external_no", Text),
    Column("answer", JSONB),
    Column("error", Text),
    Column("document", JSONB),  # as first sent; every attempt sends the same
    Column("created_at", Instant(), nullable=False),
    Column("changed_at", Instant(), nullable=False),
    UniqueConstraint("cell", "order_id", "revision", "target"),
    CheckConstraint(
        "state in ('queued', 'sending', 'handed', 'unknown', 'acknowledged', 'failed', 'parked')",
        name="state",
    ),
    Index(
        "ix_delivery_due",
        "cell",
        "not_before",
        postgresql_where="state in ('queued', 'sending', 'handed', 'unknown')",
    ),
)

delivery_attempt = Table(
    "delivery_attempt",
    METADATA,
    cell_key(),
    Column("delivery", Id(), primary_key=True),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("act", Text, nullable=False),  # send, look_up
    Column("began_at", Instant(), nullable=False),
    Column("ended_at", Instant()),
    Column("outcome", Text),
    Column("detail", Text),
)
