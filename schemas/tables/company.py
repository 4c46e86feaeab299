"""Who: companies, their cells and warehouses, people with roles, handhelds, assignments."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from schemas.tables.metadata import METADATA, Id, Instant, cell_key, replicated

ROLES = (
    "rep",
    "supervisor",
    "key_account",
    "order_desk",
    "finance",
    "warehouse",
    "admin",
    "integration",
)

company = Table(
    "company",
    METADATA,
    Column("id", Id(), primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("source", Text),  # where demo or loaded data comes from, shown in the console
    Column("last_device_no", Integer, nullable=False),  # human order numbers are D<no>-<count>
    # A handheld that has not synced for so long locks its screen; 0: never.
    Column("lease_days", Integer, nullable=False, server_default="90"),
    # For visit routes: whose public holidays are free, and how the year is cut into periods.
    Column("country", Text),  # ISO 3166-1 alpha-2, with a subdivision as in US-IA; empty: none
    Column("calendar", Text, nullable=False, server_default="13x4"),
    CheckConstraint("lease_days between 0 and 3650", name="lease_days"),
    CheckConstraint("calendar in ('13x4', '4-4-5', 'months')", name="calendar"),
)

cell = Table(
    "cell",
    METADATA,
    Column("cell", Integer, primary_key=True, autoincrement=False),
    Column("company", Id(), ForeignKey("company.id"), nullable=False),
    Column("kind", Text),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("receivables_as_of", Instant()),  # age of the newest open items loaded
    UniqueConstraint("company", "code"),
    CheckConstraint("kind in ('company', 'field')", name="kind"),
)

warehouse = Table(
    "warehouse",
    METADATA,
    cell_key(),
    Column("code", Text, primary_key=True),
    *replicated(),
    Column("name", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("cut_off", Text),  # local HH:MM on the day before delivery
    Column("stock_as_of", Instant()),
)

app_user = Table(
    "app_user",
    METADATA,
    Column("company", Id(), ForeignKey("company.id"), primary_key=True),
    Column("code", Text, primary_key=True),  # immutable; field rows name a rep by it
    Column("cell", Integer, ForeignKey("cell.cell"), nullable=False),  # home cell
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("roles", ARRAY(Text), nullable=False),
    Column("language", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("password_hash", Text),
    Column("session_no", Integer, nullable=False),  # raised to end every open session
    Column("created_at", Instant(), nullable=False),
    Column("last_login_at", Instant()),
    CheckConstraint("state in ('invited', 'active', 'suspended', 'left')", name="state"),
)

enrolment = Table(
    "enrolment",
    METADATA,
    Column("code_hash", LargeBinary, primary_key=True),  # SHA-256 of the code a person types
    Column("company", Id(), nullable=False),
    Column("rep", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Instant(), nullable=False),
    Column("expires_at", Instant(), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("used_at", Instant()),
    Column("device", Text),
)

device = Table(
    "device",
    METADATA,
    cell_key(),  # the rep's home cell
    Column("id", Text, primary_key=True),
    Column("company", Id(), nullable=False),
    Column("rep", Text, nullable=False),
    Column("install", Text, nullable=False),
    Column("no", Integer, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("model", Text),
    Column("app_version", Text),
    Column("schema", Integer, nullable=False),
    Column("enrolled_at", Instant(), nullable=False),
    Column("enrolled_by", Text, nullable=False),
    Column("last_push_at", Instant()),
    Column("last_pull_at", Instant()),
    Column("acknowledged_n", BigInteger, nullable=False),
    Column("queue_depth", Integer),
    Column("oldest_unsent", Instant()),
    Column("clock_offset_ms", BigInteger),
    Column("free_bytes", BigInteger),
    Column("boots", ARRAY(Text), nullable=False, server_default="{}"),  # as seen, the last one last
    Column("trouble", Text),  # what was found about its identity, until it is enrolled anew
    Column("trouble_at", Instant()),
    UniqueConstraint("company", "no"),
    CheckConstraint("trouble in ('set_back', 'cloned', 'two_machines')", name="trouble"),
    CheckConstraint(
        "state in ('enrolled', 'active', 'stale', 'locked', 'revoked', 'wiped')", name="state"
    ),
)

assignment = Table(
    "assignment",
    METADATA,
    cell_key(),  # the store's cell
    Column("id", Id(), primary_key=True),
    Column("rep", Text, nullable=False),
    Column("store", Id(), nullable=False),
    Column("function", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),  # exclusive; empty = open
    Column("substitute_for", Text),
    Column("made_by", Text, nullable=False),
    Column("made_at", Instant(), nullable=False),
    CheckConstraint("function in ('sell', 'deliver', 'merchandise')", name="function"),
    Index("ix_assignment_rep", "cell", "rep"),
    Index("ix_assignment_store", "cell", "store"),
)

scope_grant = Table(
    "scope_grant",
    METADATA,
    cell_key(),  # the rep's home cell, whose feed tells the rep
    Column("id", Id(), primary_key=True),
    Column("rep", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("scope_cell", Integer, nullable=False),  # the cell whose feed carries the scope
    Column("valid_from", Instant(), nullable=False),
    Column("valid_to", Instant()),
    Column("reason", Text, nullable=False),
    Column("told_begin", Boolean, nullable=False),  # its entry in the rep's feed is written
    Column("told_end", Boolean, nullable=False),
    Index("ix_scope_grant_rep", "cell", "rep", "scope"),
)

policy = Table(
    "policy",
    METADATA,
    cell_key(),  # the company's cell
    Column("id", Id(), primary_key=True),
    *replicated(),
    Column("banner", Text),
    Column("store", Id()),
    Column("rule", Text, nullable=False),
    Column("choice", Text, nullable=False),
    Column("params", JSONB, nullable=False),
    UniqueConstraint("cell", "rule", "banner", "store", postgresql_nulls_not_distinct=True),
)
