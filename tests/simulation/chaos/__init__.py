"""The same proof without a net under it: real processes, real disks, and kill -9.

    python -m tests.simulation.chaos --seed 7 --devices 100 --seconds 100

What the simulation (one folder up) plays in one thread is here what it is in earnest: `talaria
serve` with two web processes and a PostgreSQL that waits for the disk, a hundred handhelds and
more with their files, a delivery system that lies, and a bad line between them. Things happen at
once, so a seed gives the same chances here and not the same story; what was found is looked up in
the history.

    run.py      found the company, let loose, heal, judge
    told.py     what was asked for, what was counted, and both in one line
    machine.py  the server's machine, and the kill -9 of everything on it
    kills.py    KILLS: which of that, how often, and how long until a push is taken again
    proxy.py    the bad line: each request meets a seeded choice
    faults.py   FAULTS: what may happen to a request or to its answer
    wire.py     one HTTP message, read whole
    hands.py    a process with some of the handhelds: each turn a child, some killed on the way
    turn.py     such a turn: a handheld is opened, used, synced, closed
    work.py     what a rep does in a store
    office.py   what the office does meanwhile
    inside/     runs inside the server's processes: they die at failpoints, bugs are planted
    judge.py    afterwards: handhelds, server and delivery system compared, row by row

Everybody writes the history of the folder above, all into one file, and its checkers say what is
wrong; besides (`other`): answers of 500 and above that are not 503, spoilt bodies that are taken,
two answers to one push that differ, half a request that is waited for too long, a program that
breaks.
"""
