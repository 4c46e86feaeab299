"""Documents as files: how an order is written into one, how their files are read.

- `shape.py`    what every form can do (write an order, read a file), and control totals
- `as_json.py`  the same document as over HTTP, wrapped in a file
- `as_csv.py`   one row a line, for systems that read tables and nothing else

A form is pure: bytes in, bytes out. Where the files lie, and what a crash leaves of them, is the
folder's matter (`../drop.py`, `../over_files.py`). What comes in is read whole or not at all: a
file that is cut off, does not add up, or holds one thing that makes no sense is set aside as it
is, because half of a file is a different message from the one that was sent.
"""
