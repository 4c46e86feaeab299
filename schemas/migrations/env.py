"""Alembic runs this for every command; server/migrate.py hands it the connection to use.

There is no alembic.ini: whoever migrates does so through server/migrate.py.
"""

from alembic import context

from schemas.tables.all import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
