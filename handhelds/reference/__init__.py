"""The reference handheld: Python over SQLite, to work with on a laptop and to read as the example.

It promises that what a rep has been told is saved survives a power cut at any instant, that every
verb works offline, and that an order is never sent twice as two orders however often the answer to
the first sending was lost. Whoever writes another handheld writes these files again; the JSON cases
of `sync/contract` play against `device.py` unchanged.
"""
