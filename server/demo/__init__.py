"""What a newcomer sees in the first five minutes: a company, its delivery system, a day.

- `data/`         a small cut of a public record; SOURCE.md says what is real and what is derived
- `company.py`    people with printed passwords, who visits whom, and the trouble the day meets
- `stage.py`      everything up and connected: database, server, worker, delivery system, line
- `day.py`        the scripted day; `rep.py` runs the real handheld, `desk.py` the console,
                  `line.py` is the bad line between
- `afternoon.py`  the goods leave: statuses called back, doubled and jumbled, and what is claimed
- `claims.py`     what the day claims, looked up in both databases; `timeline.py` tells it
- `welcome.py`    where things are, and the commands to take a handheld oneself
- `standin/`      the firm's delivery system, played by a process of its own that shares no code
                  with the server; it can be told to be slow, to refuse, to lie, or to take an
                  order and never say so. Its database is what the claims are checked against.

The demo uses the product through the doors everybody uses (the command line, HTTP, the protocol
of the handhelds); nothing here is imported by the rest of the server.
"""
