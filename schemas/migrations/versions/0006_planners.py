"""plans are taken up by planners; a plan's visit goes with its store to another depot

After: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "plan", sa.Column("attempt", sa.SmallInteger(), server_default="0", nullable=False)
    )
    op.add_column("plan", sa.Column("planner", sa.Text(), nullable=True))
    op.add_column("plan", sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True))
    op.drop_column("plan_visit", "cell")


def downgrade() -> None:
    op.add_column("plan_visit", sa.Column("cell", sa.Integer(), server_default="0", nullable=False))
    op.alter_column("plan_visit", "cell", server_default=None)
    op.drop_column("plan", "lease_until")
    op.drop_column("plan", "planner")
    op.drop_column("plan", "attempt")
