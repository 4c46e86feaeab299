"""version 5 of the protocol: what a rep is to sell in a period

After: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sales_target",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("rep", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("working_days", postgresql.ARRAY(sa.Date()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_sales_target_days")),
        sa.CheckConstraint("net_minor > 0", name=op.f("ck_sales_target_net")),
        sa.CheckConstraint("state in ('set', 'withdrawn')", name=op.f("ck_sales_target_state")),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_sales_target")),
        sa.UniqueConstraint(
            "cell", "rep", "first_day", name=op.f("uq_sales_target_cell_rep_first_day")
        ),
    )


def downgrade() -> None:
    op.drop_table("sales_target")
