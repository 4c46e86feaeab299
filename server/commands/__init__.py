"""What the commands of `talaria` do; `server/cli.py` declares them and imports these when called.

- `run.py`        serve, web, worker
- `demo.py`       the demo, whose company and day are in `server/demo`
- `data.py`       migrations, backups, policies, settings
- `companies.py`  companies and delivery systems; `people.py` accounts; `devices.py` handhelds
- `plan_words.py` the words of `talaria plan`; `plan.py` draws up, `plan_more.py` the rest
- `whose.py`      what those three share
- `told.py`       what all share: settings, an open database, errors in one line
- `queries.py`    all SQL of the folder
"""
