"""What the commands of `talaria` do; `server/cli.py` declares them and imports these when called.

- `run.py`     serve, web, worker
- `demo.py`    the demo, whose company and day are in `server/demo`
- `data.py`    migrations, backups, loads
- `people.py`  companies, accounts, handhelds, delivery systems
- `told.py`    what they share: settings, an open database, errors in one line
"""
