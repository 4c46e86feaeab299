"""What runs, and what keeps it running: the processes of Talaria.

    talaria serve                       supervises, owns the embedded PostgreSQL
      |- talaria web                    gunicorn: one process, many threads
      '- talaria worker                 scheduled jobs, deliveries out
           '- one process a plan        visit routes drawn up

- `web.py`        the gunicorn application
- `arrive.py`     its worker class, which spends no thread on a request that is not there yet;
                  `connection.py`, `framing.py`, `wire.py` one connection, its bytes in and out
- `worker.py`     the scheduler while it holds the lease, and the dispatcher of deliveries
- `jobs.py`       JOBS, one row for each thing done by the clock
- `planners.py`   takes up plans of visit routes that wait; `one_plan.py` draws one up
- `lease.py`      who schedules: a row with a fencing token; a holder that slept writes nothing
- `serve.py`      the supervisor; `children.py` starts, watches and stops processes, `kept.py`
                  keeps the embedded database up
- `highwater.py`  notices a database that went back in time
- `queries.py`    all SQL of the folder

Any number of workers may run, on any number of machines. One of them holds the lease and ticks; the
database decides what is done once. Every process dies well: it finishes what it has begun, and
whatever was killed instead leaves nothing that the next start has to clean up.
"""
