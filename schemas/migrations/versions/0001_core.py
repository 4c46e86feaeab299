"""core

After: nothing
"""

# ruff: noqa: E501 - a condition is written on one line

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assignment",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("rep", sa.Text(), nullable=False),
        sa.Column("store", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("function", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("substitute_for", sa.Text(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "function in ('sell', 'deliver', 'merchandise')", name=op.f("ck_assignment_function")
        ),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_assignment")),
    )
    op.create_index("ix_assignment_rep", "assignment", ["cell", "rep"], unique=False)
    op.create_index("ix_assignment_store", "assignment", ["cell", "store"], unique=False)
    op.create_table(
        "audit",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_subject", "audit", ["cell", "subject", "at"], unique=False)
    op.create_table(
        "collection",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("store", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("rep", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("visit", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("cheque_no", sa.Text(), nullable=True),
        sa.Column("cheque_bank", sa.Text(), nullable=True),
        sa.Column("cheque_on", sa.Date(), nullable=True),
        sa.Column("cheque_key", sa.Text(), nullable=True),
        sa.Column("allocation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("photo", sa.Text(), nullable=True),
        sa.Column("signature", sa.Text(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("captured_uncertain", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("possible_duplicate_of", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("is_cleared", sa.Boolean(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_in_by", sa.Text(), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posted_by", sa.Text(), nullable=True),
        sa.Column("applied", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("on_account_minor", sa.BigInteger(), nullable=False),
        sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "method in ('cash', 'cheque', 'transfer')", name=op.f("ck_collection_method")
        ),
        sa.CheckConstraint(
            "state in ('received', 'handed_in', 'posted', 'bounced', 'refused')",
            name=op.f("ck_collection_state"),
        ),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_collection")),
    )
    op.create_index("ix_collection_cheque", "collection", ["cell", "cheque_key"], unique=False)
    op.create_index("ix_collection_number", "collection", ["cell", "number"], unique=False)
    op.create_index(
        "ix_collection_open",
        "collection",
        ["cell", "rep"],
        unique=False,
        postgresql_where="state in ('received', 'handed_in')",
    )
    op.create_index("ix_collection_posted", "collection", ["cell", "posted_at"], unique=False)
    op.create_index("ix_collection_store", "collection", ["cell", "store", "day"], unique=False)
    op.create_table(
        "company",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("last_device_no", sa.Integer(), nullable=False),
        sa.Column("lease_days", sa.Integer(), server_default="90", nullable=False),
        sa.CheckConstraint("lease_days between 0 and 3650", name=op.f("ck_company_lease_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        sa.UniqueConstraint("code", name=op.f("uq_company_code")),
    )
    op.create_table(
        "conflict",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("rep", sa.Text(), nullable=True),
        sa.Column("store", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("order_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("change", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("line", sa.SmallInteger(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("base", sa.Text(), nullable=True),
        sa.Column("yours", sa.Text(), nullable=True),
        sa.Column("now", sa.Text(), nullable=True),
        sa.Column("needs", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("proposed", sa.Text(), nullable=True),
        sa.Column("answers", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("rep_answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ask", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalations", sa.Integer(), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answer_note", sa.Text(), nullable=True),
        sa.Column("answer_by", sa.Text(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "item in ('hold', 'adjusted', 'notice', 'request', 'duplicate', 'delivery', 'alarm', 'fault')",
            name=op.f("ck_conflict_item"),
        ),
        sa.CheckConstraint("needs in ('rep', 'office')", name=op.f("ck_conflict_needs")),
        sa.CheckConstraint(
            "state in ('told', 'waiting', 'resolved')", name=op.f("ck_conflict_state")
        ),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_conflict")),
    )
    op.create_index(
        "ix_conflict_answered",
        "conflict",
        ["cell", "resolved_at"],
        unique=False,
        postgresql_where="state = 'resolved'",
    )
    op.create_index("ix_conflict_change", "conflict", ["cell", "change"], unique=False)
    op.create_index("ix_conflict_order", "conflict", ["cell", "order_id"], unique=False)
    op.create_index("ix_conflict_subject", "conflict", ["cell", "subject"], unique=False)
    op.create_index(
        "ix_conflict_waiting",
        "conflict",
        ["cell", "due_at", "id"],
        unique=False,
        postgresql_where="state = 'waiting'",
    )
    op.create_table(
        "contact",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("store", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("preferred_time", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_contact")),
    )
    op.create_index("ix_contact_store", "contact", ["cell", "store"], unique=False)
    op.create_table(
        "credit_account",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("store", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("limit_minor", sa.BigInteger(), nullable=True),
        sa.Column("open_minor", sa.BigInteger(), nullable=False),
        sa.Column("on_account_minor", sa.BigInteger(), nullable=False),
        sa.Column("ordered_minor", sa.BigInteger(), nullable=False),
        sa.Column("collected_minor", sa.BigInteger(), nullable=False),
        sa.Column("blocked_reason", sa.Text(), nullable=True),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("cell", "store", name=op.f("pk_credit_account")),
    )
    op.create_table(
        "cursor",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("schema", sa.Integer(), nullable=False),
        sa.Column("positions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("page", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_cursor")),
    )
    op.create_index("ix_cursor_device", "cursor", ["cell", "device"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("order_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("store", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("external_no", sa.Text(), nullable=True),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('queued', 'sending', 'handed', 'unknown', 'acknowledged', 'failed', 'parked')",
            name=op.f("ck_delivery_state"),
        ),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_delivery")),
        sa.UniqueConstraint(
            "cell",
            "order_id",
            "revision",
            "target",
            name=op.f("uq_delivery_cell_order_id_revision_target"),
        ),
    )
    op.create_index(
        "ix_delivery_acknowledged",
        "delivery",
        ["cell", "target", "changed_at"],
        unique=False,
        postgresql_where=sa.text("state = 'acknowledged'"),
    )
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["cell", "not_before"],
        unique=False,
        postgresql_where="state in ('queued', 'sending', 'handed', 'unknown')",
    )
    op.create_table(
        "delivery_attempt",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("delivery", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("attempt", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("cell", "delivery", "attempt", name=op.f("pk_delivery_attempt")),
    )
    op.create_table(
        "delivery_code",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("cell", "target", "code", name=op.f("pk_delivery_code")),
    )
    op.create_table(
        "delivery_silence",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("after_min", sa.Integer(), server_default="30", nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting", sa.Integer(), server_default="0", nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("cell", "target", name=op.f("pk_delivery_silence")),
    )
    op.create_table(
        "delivery_target",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("deadline_s", sa.Integer(), nullable=False),
        sa.Column("can_look_up", sa.Boolean(), nullable=False),
        sa.Column("dedupes", sa.Boolean(), nullable=False),
        sa.Column("allow_private", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column(
            "options", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("status_since", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("cell", "code", name=op.f("pk_delivery_target")),
    )
    op.create_table(
        "device",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("company", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("rep", sa.Text(), nullable=False),
        sa.Column("install", sa.Text(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("app_version", sa.Text(), nullable=True),
        sa.Column("schema", sa.Integer(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enrolled_by", sa.Text(), nullable=False),
        sa.Column("last_push_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_pull_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_n", sa.BigInteger(), nullable=False),
        sa.Column("queue_depth", sa.Integer(), nullable=True),
        sa.Column("oldest_unsent", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True),
        sa.Column("free_bytes", sa.BigInteger(), nullable=True),
        sa.Column("boots", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("trouble_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('enrolled', 'active', 'stale', 'locked', 'revoked', 'wiped')",
            name=op.f("ck_device_state"),
        ),
        sa.CheckConstraint(
            "trouble in ('set_back', 'cloned', 'two_machines')", name=op.f("ck_device_trouble")
        ),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_device")),
        sa.UniqueConstraint("company", "no", name=op.f("uq_device_company_no")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_device_secret_hash")),
    )
    op.create_table(
        "enrolment",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("company", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("rep", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("device", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_enrolment")),
    )
    op.create_table(
        "entry",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("pos", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "act in ('put', 'gone', 'granted', 'revoked')", name=op.f("ck_entry_act")
        ),
        sa.PrimaryKeyConstraint("cell", "scope", "kind", "key", name=op.f("pk_entry")),
    )
    op.create_index("ix_entry_scope_pos", "entry", ["cell", "scope", "pos"], unique=False)
    op.create_table(
        "feed",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pos", sa.BigInteger(), nullable=False),
        sa.Column("orders_pos", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("cell", name=op.f("pk_feed")),
    )
    op.create_table(
        "incarnation",
        sa.Column("one", sa.Boolean(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("one", name=op.f("ck_incarnation_single")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_incarnation")),
    )
    op.create_table(
        "job_run",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("job", "period", name=op.f("pk_job_run")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "load",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_new", sa.Integer(), nullable=False),
        sa.Column("rows_changed", sa.Integer(), nullable=False),
        sa.Column("rows_same", sa.Integer(), nullable=False),
        sa.Column("rows_rejected", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_load")),
    )
    op.create_table(
        "must_stock",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("banner", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("store_class", sa.Text(), nullable=True),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("min_facings", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_must_stock")),
    )
    op.create_table(
        "open_item",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("store", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("open_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind in ('invoice', 'credit_note', 'on_account', 'cheque_pending')",
            name=op.f("ck_open_item_kind"),
        ),
        sa.PrimaryKeyConstraint("cell", "store", "number", name=op.f("pk_open_item")),
    )
    op.create_table(
        "order_change",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("order_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("replaces", sa.Integer(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("item", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("proposal", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint("act in ('change', 'cancel')", name=op.f("ck_order_change_act")),
        sa.CheckConstraint(
            "state in ('office', 'asked', 'taken', 'declined', 'late')",
            name=op.f("ck_order_change_state"),
        ),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_order_change")),
    )
    op.create_index(
        "ix_order_change_order", "order_change", ["cell", "order_id", "revision"], unique=False
    )
    op.create_table(
        "order_line",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("order_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("n", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("uom", sa.Text(), nullable=False),
        sa.Column("typed", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("quoted_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column(
            "promotions",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("ordered", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.Column("backordered", sa.Integer(), nullable=False),
        sa.Column("cut", sa.Integer(), nullable=False),
        sa.Column("cut_reason", sa.Text(), nullable=True),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("shipped", sa.Integer(), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("substitute", sa.Text(), nullable=True),
        sa.Column("base", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "confirmed + backordered + cut = ordered or state = 'open'",
            name=op.f("ck_order_line_sums"),
        ),
        sa.CheckConstraint(
            "unit_price <> 'NaN' and typed <> 'NaN'", name=op.f("ck_order_line_numbers")
        ),
        sa.PrimaryKeyConstraint("cell", "order_id", "n", name=op.f("pk_order_line")),
    )
    op.create_index("ix_order_line_product", "order_line", ["cell", "product"], unique=False)
    op.create_table(
        "orders",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("store", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("rep", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("visit", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("stock_owner", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("holds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("released", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("hold_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("captured_uncertain", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deliver_on", sa.Date(), nullable=True),
        sa.Column("po_no", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("exposure_minor", sa.BigInteger(), nullable=False),
        sa.Column("caps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("stock_as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("credit_as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("price_as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "answered", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("external_no", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("about", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("invoice_no", sa.Text(), nullable=True),
        sa.Column("invoiced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("base_exposure_minor", sa.BigInteger(), nullable=True),
        sa.Column(
            "steps", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.CheckConstraint(
            "state in ('received', 'held', 'accepted', 'sent', 'acknowledged', 'allocated', 'short', 'picking', 'dispatched', 'delivered', 'invoiced', 'closed', 'rejected', 'cancelled', 'returned')",
            name=op.f("ck_orders_state"),
        ),
        sa.CheckConstraint(
            "type in ('sale', 'free', 'return', 'van')", name=op.f("ck_orders_type")
        ),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_orders")),
    )
    op.create_index(
        "ix_orders_about",
        "orders",
        ["cell", "about"],
        unique=False,
        postgresql_where="about IS NOT NULL",
    )
    op.create_index(
        "ix_orders_held", "orders", ["cell"], unique=False, postgresql_where="state = 'held'"
    )
    op.create_index("ix_orders_number", "orders", ["cell", "number"], unique=False)
    op.create_index(
        "ix_orders_promoted",
        "orders",
        ["cell", "store"],
        unique=False,
        postgresql_where="caps <> '{}'",
    )
    op.create_index("ix_orders_received", "orders", ["cell", "received_at"], unique=False)
    op.create_index("ix_orders_store", "orders", ["cell", "store", "captured_at"], unique=False)
    op.create_table(
        "period",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("cell", "code", name=op.f("pk_period")),
    )
    op.create_table(
        "plan_stop",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("rep", sa.Text(), nullable=False),
        sa.Column("store", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("visit", sa.Uuid(as_uuid=False), nullable=True),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_plan_stop")),
    )
    op.create_index("ix_plan_stop_rep", "plan_stop", ["cell", "rep", "day"], unique=False)
    op.create_table(
        "policy",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("banner", sa.Text(), nullable=True),
        sa.Column("store", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_policy")),
        sa.UniqueConstraint(
            "cell",
            "rule",
            "banner",
            "store",
            name=op.f("uq_policy_cell_rule_banner_store"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "price",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("min_quantity", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("price >= 0 and price <> 'NaN'", name=op.f("ck_price_price")),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_price")),
    )
    op.create_index("ix_price_list_product", "price", ["cell", "list", "product"], unique=False)
    op.create_table(
        "price_list",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("banner", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("store_class", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "level in ('base', 'channel', 'channel_class', 'banner', 'store')",
            name=op.f("ck_price_list_level"),
        ),
        sa.PrimaryKeyConstraint("cell", "code", name=op.f("pk_price_list")),
    )
    op.create_table(
        "product",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("volume_ml", sa.Integer(), nullable=True),
        sa.Column("weight_g", sa.Integer(), nullable=True),
        sa.Column("tax_class", sa.Text(), nullable=True),
        sa.Column("min_quantity", sa.Integer(), nullable=False),
        sa.Column("multiple", sa.Integer(), nullable=False),
        sa.Column("substitute", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status in ('planned', 'active', 'sell_out', 'blocked')", name=op.f("ck_product_status")
        ),
        sa.CheckConstraint(
            "min_quantity >= 1 and multiple >= 1", name=op.f("ck_product_quantities")
        ),
        sa.PrimaryKeyConstraint("cell", "code", name=op.f("pk_product")),
    )
    op.create_table(
        "product_uom",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("uom", sa.Text(), nullable=False),
        sa.Column("num", sa.Integer(), nullable=False),
        sa.Column("den", sa.Integer(), nullable=False),
        sa.Column("gtin", sa.Text(), nullable=True),
        sa.Column("orderable", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("cell", "product", "uom", name=op.f("pk_product_uom")),
    )
    op.create_index("ix_product_uom_gtin", "product_uom", ["cell", "gtin"], unique=False)
    op.create_table(
        "promotion",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("products", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("store", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("banner", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("store_class", sa.Text(), nullable=True),
        sa.Column("percent", sa.Numeric(precision=9, scale=4), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("tier_by", sa.Text(), nullable=False),
        sa.Column("tiers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("buy", sa.Integer(), nullable=True),
        sa.Column("get", sa.Integer(), nullable=True),
        sa.Column("get_product", sa.Text(), nullable=True),
        sa.Column("stacks", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("cap_minor", sa.BigInteger(), nullable=True),
        sa.Column("store_cap_minor", sa.BigInteger(), nullable=True),
        sa.Column("used_minor", sa.BigInteger(), nullable=False),
        sa.Column("replaces", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind in ('percent', 'amount', 'tiers', 'buy_get', 'order')",
            name=op.f("ck_promotion_kind"),
        ),
        sa.CheckConstraint("state in ('draft', 'live', 'ended')", name=op.f("ck_promotion_state")),
        sa.CheckConstraint("tier_by in ('quantity', 'value')", name=op.f("ck_promotion_tier_by")),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_promotion")),
    )
    op.create_index("ix_promotion_code", "promotion", ["cell", "code"], unique=False)
    op.create_table(
        "rate_bucket",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_bucket")),
    )
    op.create_table(
        "receipt",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("change", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=True),
        sa.Column("rep", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("depends_on", postgresql.ARRAY(sa.Uuid(as_uuid=False)), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("captured_uncertain", sa.Boolean(), nullable=False),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome in ('applied', 'adjusted', 'merged', 'held', 'rejected', 'waiting')",
            name=op.f("ck_receipt_outcome"),
        ),
        sa.PrimaryKeyConstraint("cell", "change", name=op.f("pk_receipt")),
        sa.UniqueConstraint("cell", "device", "n", name=op.f("uq_receipt_cell_device_n")),
    )
    op.create_index("ix_receipt_subject", "receipt", ["cell", "subject"], unique=False)
    op.create_index(
        "ix_receipt_waiting",
        "receipt",
        ["cell", "device"],
        unique=False,
        postgresql_where="outcome = 'waiting'",
    )
    op.create_table(
        "reconciliation",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ours", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("theirs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("under_way", sa.Integer(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state in ('asked', 'agrees', 'differs', 'unanswered', 'cannot_be_asked')",
            name=op.f("ck_reconciliation_state"),
        ),
        sa.PrimaryKeyConstraint("cell", "target", "day", name=op.f("pk_reconciliation")),
    )
    op.create_index(
        "ix_reconciliation_due",
        "reconciliation",
        ["next_at"],
        unique=False,
        postgresql_where="state in ('asked', 'unanswered')",
    )
    op.create_table(
        "repair",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("rep", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("schema", sa.Integer(), nullable=False),
        sa.Column("held_version", sa.BigInteger(), nullable=True),
        sa.Column("held_hash", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("hash", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "what in ('missing', 'extra', 'different')", name=op.f("ck_repair_what")
        ),
        sa.PrimaryKeyConstraint("cell", "run", "scope", "kind", "key", name=op.f("pk_repair")),
    )
    op.create_index("ix_repair_at", "repair", ["cell", "at"], unique=False)
    op.create_index("ix_repair_device", "repair", ["cell", "device", "at"], unique=False)
    op.create_table(
        "scope_grant",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("rep", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("scope_cell", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("told_begin", sa.Boolean(), nullable=False),
        sa.Column("told_end", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_scope_grant")),
    )
    op.create_index("ix_scope_grant_rep", "scope_grant", ["cell", "rep", "scope"], unique=False)
    op.create_table(
        "segment",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("schema", sa.Integer(), nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("parts", sa.SmallInteger(), nullable=False),
        sa.Column("pos", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pos_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_segment")),
    )
    op.create_index(
        "ix_segment_current",
        "segment",
        ["cell", "scope", "schema", "part"],
        unique=True,
        postgresql_where="replaced_at IS NULL",
    )
    op.create_index("ix_segment_replaced", "segment", ["replaced_at"], unique=False)
    op.create_table(
        "status_update",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("order_ref", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("external_no", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("invoice_no", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "outcome in ('applied', 'stale', 'parked')", name=op.f("ck_status_update_outcome")
        ),
        sa.PrimaryKeyConstraint("cell", "target", "id", name=op.f("pk_status_update")),
    )
    op.create_index("ix_status_update_order", "status_update", ["cell", "order_id"], unique=False)
    op.create_index(
        "ix_status_update_parked",
        "status_update",
        ["cell", "target"],
        unique=False,
        postgresql_where="outcome = 'parked'",
    )
    op.create_table(
        "stock",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("warehouse", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("allocated", sa.BigInteger(), nullable=False),
        sa.Column("blocked", sa.BigInteger(), nullable=False),
        sa.Column("safety", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("published", sa.BigInteger(), nullable=False),
        sa.Column("due_quantity", sa.BigInteger(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_stock_reserved")),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_stock")),
        sa.UniqueConstraint(
            "cell", "warehouse", "product", name=op.f("uq_stock_cell_warehouse_product")
        ),
    )
    op.create_table(
        "store",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("merged_into", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("lat_deg", sa.Float(), nullable=True),
        sa.Column("lon_deg", sa.Float(), nullable=True),
        sa.Column("geo_accuracy_m", sa.Integer(), nullable=True),
        sa.Column("geo_source", sa.Text(), nullable=True),
        sa.Column("gln", sa.Text(), nullable=True),
        sa.Column("tax_id", sa.Text(), nullable=True),
        sa.Column("banner", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("store_class", sa.Text(), nullable=True),
        sa.Column("price_list", sa.Text(), nullable=True),
        sa.Column("warehouse", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("terms_days", sa.Integer(), nullable=True),
        sa.Column("lead_days", sa.Integer(), nullable=True),
        sa.Column("delivery_days", postgresql.ARRAY(sa.SmallInteger()), nullable=True),
        sa.Column("visits_per_4w", sa.SmallInteger(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("opening", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status in ('prospect', 'pending', 'active', 'on_hold', 'closed', 'merged')",
            name=op.f("ck_store_status"),
        ),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_store")),
        sa.UniqueConstraint("cell", "code", name=op.f("uq_store_cell_code")),
    )
    op.create_table(
        "tax_rate",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("tax_class", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("percent", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_tax_rate")),
    )
    op.create_index("ix_tax_rate_class", "tax_rate", ["cell", "tax_class"], unique=False)
    op.create_table(
        "verification",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("equal", sa.Boolean(), nullable=True),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("cell", "device", name=op.f("pk_verification")),
    )
    op.create_table(
        "visit",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("store", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("rep", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lat_deg", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("lon_deg", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("distance_m", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state in ('planned', 'started', 'done', 'skipped')", name=op.f("ck_visit_state")
        ),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_visit")),
    )
    op.create_index("ix_visit_store", "visit", ["cell", "store"], unique=False)
    op.create_table(
        "visit_card",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("store", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("visit", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("rep", sa.Text(), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("amendments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "state in ('open', 'closed', 'amended', 'locked')", name=op.f("ck_visit_card_state")
        ),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_visit_card")),
    )
    op.create_index(
        "ix_visit_card_store", "visit_card", ["cell", "store", "captured_at"], unique=False
    )
    op.create_table(
        "warehouse",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("cut_off", sa.Text(), nullable=True),
        sa.Column("stock_as_of", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("cell", "code", name=op.f("pk_warehouse")),
    )
    op.create_table(
        "cell",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("company", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("receivables_as_of", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('company', 'field')", name=op.f("ck_cell_kind")),
        sa.ForeignKeyConstraint(["company"], ["company.id"], name=op.f("fk_cell_company_company")),
        sa.PrimaryKeyConstraint("cell", name=op.f("pk_cell")),
        sa.UniqueConstraint("company", "code", name=op.f("uq_cell_company_code")),
    )
    op.create_table(
        "reconciliation_line",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("order_cell", sa.SmallInteger(), nullable=True),
        sa.Column("order_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("delivery", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("ours", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("theirs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("repair", sa.Text(), nullable=True),
        sa.Column("repaired_by", sa.Text(), nullable=True),
        sa.Column("repaired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind in ('missing_there', 'unknown_here', 'stuck_here', 'twice_there', 'number_differs', 'lines_differ', 'value_differs')",
            name=op.f("ck_reconciliation_line_kind"),
        ),
        sa.CheckConstraint(
            "state in ('open', 'asked', 'repairing', 'gone')",
            name=op.f("ck_reconciliation_line_state"),
        ),
        sa.ForeignKeyConstraint(
            ["cell", "target", "day"],
            ["reconciliation.cell", "reconciliation.target", "reconciliation.day"],
            name=op.f("fk_reconciliation_line_cell_target_day_reconciliation"),
        ),
        sa.PrimaryKeyConstraint(
            "cell", "target", "day", "kind", "subject", name=op.f("pk_reconciliation_line")
        ),
    )
    op.create_index(
        "ix_reconciliation_line_open",
        "reconciliation_line",
        ["cell", "target"],
        unique=False,
        postgresql_where="state <> 'gone'",
    )
    op.create_table(
        "app_user",
        sa.Column("company", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("cell", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("session_no", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('invited', 'active', 'suspended', 'left')", name=op.f("ck_app_user_state")
        ),
        sa.ForeignKeyConstraint(["cell"], ["cell.cell"], name=op.f("fk_app_user_cell_cell")),
        sa.ForeignKeyConstraint(
            ["company"], ["company.id"], name=op.f("fk_app_user_company_company")
        ),
        sa.PrimaryKeyConstraint("company", "code", name=op.f("pk_app_user")),
    )


def downgrade() -> None:
    op.drop_table("app_user")
    op.drop_index(
        "ix_reconciliation_line_open",
        table_name="reconciliation_line",
        postgresql_where="state <> 'gone'",
    )
    op.drop_table("reconciliation_line")
    op.drop_table("cell")
    op.drop_table("warehouse")
    op.drop_index("ix_visit_card_store", table_name="visit_card")
    op.drop_table("visit_card")
    op.drop_index("ix_visit_store", table_name="visit")
    op.drop_table("visit")
    op.drop_table("verification")
    op.drop_index("ix_tax_rate_class", table_name="tax_rate")
    op.drop_table("tax_rate")
    op.drop_table("store")
    op.drop_table("stock")
    op.drop_index(
        "ix_status_update_parked", table_name="status_update", postgresql_where="outcome = 'parked'"
    )
    op.drop_index("ix_status_update_order", table_name="status_update")
    op.drop_table("status_update")
    op.drop_index("ix_segment_replaced", table_name="segment")
    op.drop_index(
        "ix_segment_current", table_name="segment", postgresql_where="replaced_at IS NULL"
    )
    op.drop_table("segment")
    op.drop_index("ix_scope_grant_rep", table_name="scope_grant")
    op.drop_table("scope_grant")
    op.drop_index("ix_repair_device", table_name="repair")
    op.drop_index("ix_repair_at", table_name="repair")
    op.drop_table("repair")
    op.drop_index(
        "ix_reconciliation_due",
        table_name="reconciliation",
        postgresql_where="state in ('asked', 'unanswered')",
    )
    op.drop_table("reconciliation")
    op.drop_index(
        "ix_receipt_waiting", table_name="receipt", postgresql_where="outcome = 'waiting'"
    )
    op.drop_index("ix_receipt_subject", table_name="receipt")
    op.drop_table("receipt")
    op.drop_table("rate_bucket")
    op.drop_index("ix_promotion_code", table_name="promotion")
    op.drop_table("promotion")
    op.drop_index("ix_product_uom_gtin", table_name="product_uom")
    op.drop_table("product_uom")
    op.drop_table("product")
    op.drop_table("price_list")
    op.drop_index("ix_price_list_product", table_name="price")
    op.drop_table("price")
    op.drop_table("policy")
    op.drop_index("ix_plan_stop_rep", table_name="plan_stop")
    op.drop_table("plan_stop")
    op.drop_table("period")
    op.drop_index("ix_orders_store", table_name="orders")
    op.drop_index("ix_orders_received", table_name="orders")
    op.drop_index("ix_orders_promoted", table_name="orders", postgresql_where="caps <> '{}'")
    op.drop_index("ix_orders_number", table_name="orders")
    op.drop_index("ix_orders_held", table_name="orders", postgresql_where="state = 'held'")
    op.drop_index("ix_orders_about", table_name="orders", postgresql_where="about IS NOT NULL")
    op.drop_table("orders")
    op.drop_index("ix_order_line_product", table_name="order_line")
    op.drop_table("order_line")
    op.drop_index("ix_order_change_order", table_name="order_change")
    op.drop_table("order_change")
    op.drop_table("open_item")
    op.drop_table("must_stock")
    op.drop_table("load")
    op.drop_table("lease")
    op.drop_table("job_run")
    op.drop_table("incarnation")
    op.drop_table("feed")
    op.drop_index("ix_entry_scope_pos", table_name="entry")
    op.drop_table("entry")
    op.drop_table("enrolment")
    op.drop_table("device")
    op.drop_table("delivery_target")
    op.drop_table("delivery_silence")
    op.drop_table("delivery_code")
    op.drop_table("delivery_attempt")
    op.drop_index(
        "ix_delivery_due",
        table_name="delivery",
        postgresql_where="state in ('queued', 'sending', 'handed', 'unknown')",
    )
    op.drop_index(
        "ix_delivery_acknowledged",
        table_name="delivery",
        postgresql_where=sa.text("state = 'acknowledged'"),
    )
    op.drop_table("delivery")
    op.drop_index("ix_cursor_device", table_name="cursor")
    op.drop_table("cursor")
    op.drop_table("credit_account")
    op.drop_index("ix_contact_store", table_name="contact")
    op.drop_table("contact")
    op.drop_index(
        "ix_conflict_waiting", table_name="conflict", postgresql_where="state = 'waiting'"
    )
    op.drop_index("ix_conflict_subject", table_name="conflict")
    op.drop_index("ix_conflict_order", table_name="conflict")
    op.drop_index("ix_conflict_change", table_name="conflict")
    op.drop_index(
        "ix_conflict_answered", table_name="conflict", postgresql_where="state = 'resolved'"
    )
    op.drop_table("conflict")
    op.drop_table("company")
    op.drop_index("ix_collection_store", table_name="collection")
    op.drop_index("ix_collection_posted", table_name="collection")
    op.drop_index(
        "ix_collection_open",
        table_name="collection",
        postgresql_where="state in ('received', 'handed_in')",
    )
    op.drop_index("ix_collection_number", table_name="collection")
    op.drop_index("ix_collection_cheque", table_name="collection")
    op.drop_table("collection")
    op.drop_index("ix_audit_subject", table_name="audit")
    op.drop_table("audit")
    op.drop_index("ix_assignment_store", table_name="assignment")
    op.drop_index("ix_assignment_rep", table_name="assignment")
    op.drop_table("assignment")
