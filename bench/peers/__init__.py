"""The field day of a folder of peers, with Talaria among them: `make bench-peers PEERS=FOLDER`.

FOLDER holds a yardstick of its own: a package with a generator of the day, a runner, floors and an
adapter for each peer server (its README says which program each needs and by which variable it
finds it; what is not there is skipped and named). Here is only what Talaria needs to be measured
by it, as it is measured by its own bench: the real web process, the handheld's own wire, all rules.

    adapter    the runner's interface: start, load, pull, push, edit, look what is stored
    load       the day's rows as the company's, written the way loads and the office write
    wire       the day's documents as changes of a handheld
    cluster    a PostgreSQL for all of them, when PEERS_PG names none

    python -m bench.peers FOLDER --rounds 5 --out results.json     the table
    python -m bench.peers FOLDER --small --rounds 1                does everything start?
    python -m bench.peers FOLDER --probes --peers talaria          flushes of a batch, stale rows
"""
