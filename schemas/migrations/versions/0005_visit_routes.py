"""visit routes: working days, plans before they are published, travel times

After: 0004
"""

# ruff: noqa: E501 - a condition is written on one line

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("company", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("rep", sa.Text(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('holiday', 'leave', 'sick', 'other', 'works')", name=op.f("ck_absence_kind")
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_absence_days")),
        sa.ForeignKeyConstraint(
            ["company"], ["company.id"], name=op.f("fk_absence_company_company")
        ),
        sa.PrimaryKeyConstraint("company", "id", name=op.f("pk_absence")),
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("company", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reps", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("weeks", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("input_hash", sa.Text(), nullable=True),
        sa.Column("distance_source", sa.Text(), nullable=True),
        sa.Column(
            "progress", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column(
            "result", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("is_to_stop", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Text(), nullable=True),
        sa.Column("undo", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('waiting', 'planning', 'ready', 'published', 'undone', 'cancelled', 'failed')",
            name=op.f("ck_plan_state"),
        ),
        sa.CheckConstraint("weeks between 1 and 13", name=op.f("ck_plan_weeks")),
        sa.ForeignKeyConstraint(["company"], ["company.id"], name=op.f("fk_plan_company_company")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    op.create_index("ix_plan_company", "plan", ["company", "made_at"], unique=False)
    op.create_index(
        "ix_plan_waiting",
        "plan",
        ["made_at"],
        unique=False,
        postgresql_where="state in ('waiting', 'planning')",
    )
    op.create_table(
        "rep_day",
        sa.Column("company", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("rep", sa.Text(), nullable=False),
        sa.Column("home_lat_deg", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("home_lon_deg", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("starts_at", sa.Text(), nullable=False),
        sa.Column("day_minutes", sa.Integer(), nullable=False),
        sa.Column("lunch_minutes", sa.Integer(), nullable=False),
        sa.Column("weekdays", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("day_minutes between 60 and 960", name=op.f("ck_rep_day_day_minutes")),
        sa.CheckConstraint(
            "lunch_minutes between 0 and 180", name=op.f("ck_rep_day_lunch_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["company"], ["company.id"], name=op.f("fk_rep_day_company_company")
        ),
        sa.PrimaryKeyConstraint("company", "rep", name=op.f("pk_rep_day")),
    )
    op.create_table(
        "travel_line",
        sa.Column("company", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("fixed_minutes", sa.Float(), nullable=False),
        sa.Column("minutes_per_km", sa.Float(), nullable=False),
        sa.Column("trips", sa.Integer(), nullable=False),
        sa.Column("error_share", sa.Float(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["company.id"], name=op.f("fk_travel_line_company_company")
        ),
        sa.PrimaryKeyConstraint("company", "area", name=op.f("pk_travel_line")),
    )
    op.create_table(
        "travel_time",
        sa.Column("company", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("from_place", sa.Text(), nullable=False),
        sa.Column("to_place", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Float(), nullable=False),
        sa.Column("km", sa.Float(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["company.id"], name=op.f("fk_travel_time_company_company")
        ),
        sa.PrimaryKeyConstraint(
            "company", "source", "from_place", "to_place", name=op.f("pk_travel_time")
        ),
    )
    op.create_table(
        "plan_visit",
        sa.Column("plan", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("rep", sa.Text(), nullable=False),
        sa.Column("cell", sa.Integer(), nullable=False),
        sa.Column("store", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("arrives_minute", sa.Integer(), nullable=True),
        sa.Column("service_minutes", sa.Integer(), nullable=False),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("stop", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("was_day", sa.Date(), nullable=True),
        sa.Column("why", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan"], ["plan.id"], name=op.f("fk_plan_visit_plan_plan"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("plan", "id", name=op.f("pk_plan_visit")),
    )
    op.create_index("ix_plan_visit_day", "plan_visit", ["plan", "rep", "day"], unique=False)
    op.add_column("company", sa.Column("country", sa.Text(), nullable=True))
    op.add_column(
        "company", sa.Column("calendar", sa.Text(), server_default="13x4", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_company_calendar"), "company", "calendar in ('13x4', '4-4-5', 'months')"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_company_calendar"), "company")
    op.drop_column("company", "calendar")
    op.drop_column("company", "country")
    op.drop_index("ix_plan_visit_day", table_name="plan_visit")
    op.drop_table("plan_visit")
    op.drop_table("travel_time")
    op.drop_table("travel_line")
    op.drop_table("rep_day")
    op.drop_index(
        "ix_plan_waiting", table_name="plan", postgresql_where="state in ('waiting', 'planning')"
    )
    op.drop_index("ix_plan_company", table_name="plan")
    op.drop_table("plan")
    op.drop_table("absence")
