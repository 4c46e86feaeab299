"""version 3 of the protocol: what a store called opening is called opening_hours

After: 0002

What lies in the inbox about the field follows it. Changes and verdicts stay as they were sent and
told: a change speaks the version it was made in (schemas/versions.py). So does what was audited.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("store", "opening", new_column_name="opening_hours")
    op.execute(
        """UPDATE conflict SET field = 'opening_hours',
               arguments = jsonb_set(arguments, '{field}', '"opening hours"', false)
           WHERE field = 'opening' AND subject LIKE 'store/%'"""
    )
    op.execute(
        """UPDATE conflict SET ask = jsonb_set(
               ask #- '{set,opening}', '{set,opening_hours}', ask #> '{set,opening}')
           WHERE ask ->> 'kind' = 'store' AND jsonb_exists(ask -> 'set', 'opening')"""
    )


def downgrade() -> None:
    op.alter_column("store", "opening_hours", new_column_name="opening")
    op.execute(
        """UPDATE conflict SET field = 'opening',
               arguments = jsonb_set(arguments, '{field}', '"opening"', false)
           WHERE field = 'opening_hours' AND subject LIKE 'store/%'"""
    )
    op.execute(
        """UPDATE conflict SET ask = jsonb_set(
               ask #- '{set,opening_hours}', '{set,opening}', ask #> '{set,opening_hours}')
           WHERE ask ->> 'kind' = 'store' AND jsonb_exists(ask -> 'set', 'opening_hours')"""
    )
