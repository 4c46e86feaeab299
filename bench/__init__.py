"""What Talaria claims about speed and size, measured: `make bench`.

Every figure stands beside its floor, measured in the same run on the same machine: the same rows
written or read by the plainest means that could work. The ratio is the claim; milliseconds are
only how it looked on one day's machine, and on a shared one CPU milliseconds move least.

    ground      PostgreSQL with fsync and synchronous_commit on, the web process, the application
    company     the company that is measured on: 500 products, reps of 200 stores, all from a seed
    work        a rep's day as a handheld writes it; phone carries it over HTTP or in process
    floors      the same rows by COPY and by unnest into plain tables, one transaction
    line        56 kbit/s and 600 ms, as a proxy
    measures/   one file a claim; each hands rows of the table back
    statements  not a claim but a lens: which statement and which function of a request costs what

`python -m bench --quick` takes a minute, `--long` adds a million orders, `--only push` narrows.
"""
