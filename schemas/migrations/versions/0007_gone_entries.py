"""what went is found by its key: without it every batch with a new contact read all scopes

After: 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_entry_gone", "entry", ["cell", "kind", "key"], postgresql_where="act = 'gone'"
    )


def downgrade() -> None:
    op.drop_index("ix_entry_gone", table_name="entry")
