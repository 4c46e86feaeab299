"""All SQL of sync, a file a step of its work.

Hot statements go to psycopg directly, on the connection and in the transaction that SQLAlchemy
holds (`driver`), because unnest arrays and COPY are what make a batch one statement a table.
"""
