"""The reference handheld: Python over SQLite, to work with on a laptop and to read as the example.

It promises that what a rep has been told is saved survives a power cut at any instant, that every
verb works offline, and that an order is never sent twice as two orders however often the answer to
the first sending was lost. Whoever writes another handheld writes these files again; the JSON cases
of `sync/contract/sessions` play against `device.py` unchanged.

Read it in this order:

- `schema.sql`: what is kept, in which of two files, and how surely;
- `device.py`, `answers.py`: the protocol, without any input or output, and what answers mean;
- `local.py`: saving, the outbox, verdicts; `queries_field.py` opens the files, `queries_tables.py`
  makes the copy's tables and keeps an older program's rows, `queries_pulled.py`
  takes pulls in, `queries.py` is what the screens read, `shown.py` the row a change makes;
- `fetching.py`: prepared rows as bytes, piece by piece; `queries_segments.py` keeps the pieces;
- `verify.py`: the talk that compares the copy with the server's rows, and when; `opened.py`: was
  it closed cleanly; `queries_verify.py`: the copy as digests, and its repair;
- `link.py`: the network, one sync at a time; `clock.py`: time, as well as it can be known;
- `visit.py`: the rep's verbs; `pad.py`: prices, stock, credit; `suggested.py`: what to order;
- `till.py`: money, receipts, and what looks odd about them;
- `screens*.py`: each screen as plain data; `tables*.py`, `ages.py`: as drawn;
- `cli.py`, `cli_work.py`, `told.py`, `typed.py`: the command `talaria-handheld`.
"""
