"""photos of visits: what is known of each; the bytes lie in files

After: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "photo",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("rep", sa.Text(), nullable=False),
        sa.Column("store", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("visit", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("card", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("received_bytes", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("whole_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('coming', 'whole', 'expired')", name=op.f("ck_photo_state")),
        sa.CheckConstraint("received_bytes between 0 and bytes", name=op.f("ck_photo_received")),
        sa.PrimaryKeyConstraint("cell", "id", name=op.f("pk_photo")),
    )
    op.create_index("ix_photo_store", "photo", ["store", "captured_at"])
    op.create_index(
        "ix_photo_heard", "photo", ["heard_at"], postgresql_where=sa.text("state <> 'expired'")
    )


def downgrade() -> None:
    op.drop_table("photo")
