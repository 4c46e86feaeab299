"""A stand-in for the firm's own delivery system: another process, another database, no shared code.

The demo and the tests need somebody at the far end of the wire who behaves like the systems that
orders really go to: mostly polite, sometimes slow, sometimes down, and now and then the author of
the worst case there is - it takes the order and then the answer gets lost. This package is that
somebody. It imports nothing from the rest of the server, so what it counts is evidence and not
an echo: "every order is there once" is asked of *its* database.

- `__main__.py`   command line: `python -m server.demo.standin --port 8090 --data DIR`
- `views.py`      HTTP: orders come in, look-ups by reference, the list of documents, `/behave`
- `signing.py`    Standard Webhooks seen from the receiving side (written apart from the sender's)
- `answering.py`  every way of answering, the wrong ones too
- `behaviour.py`  how well or badly it shall behave; pure, every throw of the dice is repeatable
- `progress.py`   what happens to an order after it was taken, and how it is told; pure
- `reckoning.py`  what it has of a day, for the comparison at night; pure
- `telling.py`    the thread that moves orders on by its own clock and calls back
- `queries.py`    its SQLite database: documents, attempts, stock of its own
- `queries_status.py`  the events: which stage each document reached, and who was told

What it answers to an order is the contract every delivery system is asked for: an external number,
and for each line how many units were allocated, put on backorder or cut, with the reason.
"""
