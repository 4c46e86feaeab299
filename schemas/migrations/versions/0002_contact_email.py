"""version 2 of the protocol: a contact has an email address

After: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contact", sa.Column("email", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("contact", "email")
