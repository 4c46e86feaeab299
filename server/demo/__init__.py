"""What a newcomer sees in the first five minutes: a company, its delivery system, a day.

- `standin/`   the firm's delivery system, played by a process of its own that shares no code with
               the server; it can be told to be slow, to refuse, to lie, or to take an order and
               never say so. Its database is what the demo's claims are checked against.

The demo uses the product through the doors everybody uses (the command line, HTTP, the protocol
of the handhelds); nothing here is imported by the rest of the server.
"""
