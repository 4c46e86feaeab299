"""version 4 of the protocol: a visit card has competitor lines

After: 0007

Null where nobody noted any, as in every card there was: no row is written anew.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("visit_card", sa.Column("competitors", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("visit_card", "competitors")
