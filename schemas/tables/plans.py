"""Planning of visit routes at the office: working days, absences, plans before they are published.

A published plan is rows of plan_stop (field.py); nothing here travels to handhelds.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from schemas.tables.metadata import METADATA, Id, Instant

PLAN_STATES = ("waiting", "planning", "ready", "published", "undone", "cancelled", "failed")

rep_day = Table(
    "rep_day",  # how a rep works; a rep without a row works as the company does by default
    METADATA,
    Column("company", Id(), ForeignKey("company.id"), primary_key=True),
    Column("rep", Text, primary_key=True),
    Column("home_lat_deg", Numeric(9, 6)),  # empty: the middle of the rep's stores
    Column("home_lon_deg", Numeric(9, 6)),
    Column("starts_at", Text, nullable=False),  # local HH:MM, leaving home
    Column("day_minutes", Integer, nullable=False),  # from leaving home to being back, with lunch
    Column("lunch_minutes", Integer, nullable=False),
    Column("weekdays", ARRAY(SmallInteger), nullable=False),  # 1 = Monday
    Column("changed_by", Text, nullable=False),
    Column("changed_at", Instant(), nullable=False),
    CheckConstraint("day_minutes between 60 and 960", name="day_minutes"),
    CheckConstraint("lunch_minutes between 0 and 180", name="lunch_minutes"),
)

absence = Table(
    "absence",  # days on which a rep, or everybody, visits nobody, beside the country's holidays
    METADATA,
    Column("company", Id(), ForeignKey("company.id"), primary_key=True),
    Column("id", Id(), primary_key=True),
    Column("rep", Text),  # empty: everybody
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("kind", Text, nullable=False),
    Column("note", Text),
    Column("made_by", Text, nullable=False),
    Column("made_at", Instant(), nullable=False),
    CheckConstraint("kind in ('holiday', 'leave', 'sick', 'other', 'works')", name="kind"),
    CheckConstraint("first_day <= last_day", name="days"),
)

plan = Table(
    "plan",
    METADATA,
    Column("id", Id(), primary_key=True),
    Column("company", Id(), ForeignKey("company.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("reps", ARRAY(Text), nullable=False),
    Column("first_day", Date, nullable=False),  # a Monday
    Column("weeks", SmallInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("settings", JSONB, nullable=False),  # seconds, weights, the plan it changes ...
    Column("seed", BigInteger, nullable=False),
    Column("input_hash", Text),  # of everything the planner was given, so that it can be repeated
    Column("distance_source", Text),
    Column("progress", JSONB, nullable=False, server_default="{}"),
    Column("result", JSONB, nullable=False, server_default="{}"),  # cost, minutes, overload ...
    Column("fault", Text),
    Column("is_to_stop", Boolean, nullable=False, server_default="false"),  # keep the best so far
    Column("attempt", SmallInteger, nullable=False, server_default="0"),  # fences the planners
    Column("planner", Text),  # who has it, or had it last
    Column("lease_until", Instant()),  # a planner that is not heard of by then has died
    Column("made_by", Text, nullable=False),
    Column("made_at", Instant(), nullable=False),
    Column("began_at", Instant()),
    Column("ended_at", Instant()),
    Column("published_at", Instant()),
    Column("published_by", Text),
    Column("undo", JSONB),  # what publishing wrote over, until it is undone or too old
    Column("undone_at", Instant()),
    CheckConstraint("state in (" + ", ".join(f"'{s}'" for s in PLAN_STATES) + ")", name="state"),
    CheckConstraint("weeks between 1 and 13", name="weeks"),
    Index("ix_plan_company", "company", "made_at"),
    Index("ix_plan_waiting", "made_at", postgresql_where="state in ('waiting', 'planning')"),
)

plan_visit = Table(
    "plan_visit",
    METADATA,
    Column("plan", Id(), primary_key=True),
    Column("id", Id(), primary_key=True),
    Column("rep", Text, nullable=False),
    Column("store", Id(), nullable=False),  # in whatever cell it is by now
    Column("day", Date),  # empty: due, and not placed; `why` says why not
    Column("sequence", Integer),
    Column("arrives_minute", Integer),  # of the local day
    Column("service_minutes", Integer, nullable=False),
    Column("is_locked", Boolean, nullable=False),
    Column("stop", Id()),  # the published stop it is, or was made from
    Column("was_day", Date),  # where it was in the plan this one changes
    Column("why", JSONB, nullable=False),
    ForeignKeyConstraint(["plan"], ["plan.id"], ondelete="CASCADE"),
    Index("ix_plan_visit_day", "plan", "rep", "day"),
)

travel_line = Table(
    "travel_line",  # minutes = fixed + per_km x kilometres of the straight line, learned by area
    METADATA,
    Column("company", Id(), ForeignKey("company.id"), primary_key=True),
    Column("area", Text, primary_key=True),  # a rep's code; '' = the whole company
    Column("fixed_minutes", Float, nullable=False),
    Column("minutes_per_km", Float, nullable=False),
    Column("trips", Integer, nullable=False),  # it was learned from
    Column("error_share", Float, nullable=False),  # half of the trips kept apart are off by less
    Column("detail", JSONB, nullable=False),  # what places and pairs cost more, see server/learning
    Column("learned_at", Instant(), nullable=False),
)

travel_time = Table(
    "travel_time",  # of a routing machine (OSRM, Valhalla), kept so that plans can be repeated
    METADATA,
    Column("company", Id(), ForeignKey("company.id"), primary_key=True),
    Column("source", Text, primary_key=True),
    Column("from_place", Text, primary_key=True),  # lat,lon with five decimals
    Column("to_place", Text, primary_key=True),
    Column("minutes", Float, nullable=False),
    Column("km", Float),
    Column("asked_at", Instant(), nullable=False),
)
