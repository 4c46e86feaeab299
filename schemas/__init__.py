"""Shapes: what the nouns of the trade look like, on the wire and at rest. No behaviour.

On the wire, a shape is a marshmallow schema: it is the contract with handhelds and other systems,
it makes the OpenAPI pages, and it words the errors. `compiled.py` makes a fast decoder of each; the
decoder may refuse more than the schema does, never accept more.

At rest, a shape is a table in `tables/`, the same nouns again, and `migrations/` is how a database
gets there. A test holds the two together.

Every code an error can carry is in `problem.py`, with its HTTP status and what to do about it.

Folders import from here; nothing here imports from them.
"""
