"""A simulated firm: real handhelds, the real application, a real database, and everything going
wrong that goes wrong; at the end it is counted what was lost, doubled or left different.

    make simulate ARGS='--seed 7'

It is one thread, one clock that stands still unless told (clocks.py), one seed for all chance.
The same seed plays the same history, change by change: what it finds can be looked at again.
Without more words two such firms are played at the same time and told of as one (parts.py).

    run.py        the command: found, play, heal, check, one line
    parts.py      several firms side by side, each in a process of its own
    strays.py     servers that killed runs left behind are cleared away by the next one
    smallest.py   the same acts as stories of Hypothesis, which makes one that fails small
    world.py      a firm put together: clock, database, application, line, handhelds, history
    schedule.py   which act comes next, and how often; and the healing. The acts are those of
    reps.py         people with a handheld (orders, cards, visits, money, edits)
    desk.py         people in the office, loads, jobs, days that pass
    mishaps.py      handhelds: killed, restored, cloned, lent a wrong clock, rotten, full
    phones.py     a handheld: its folder, its clock, its line, what it captured
    network.py    the line between them, and all that happens to a request on its way
    losses.py       the server's database: an older one is put back; a quarter without network
    shipping.py   the dispatcher, and a delivery system that lies
    faults.py     FAULTS: every kind of fault with its number and what is promised
    company.py    the firm: depots, reps, stores, goods, what is owed
    clocks.py     time, chance and ids as one seed has them, also inside the database
    history.py    what happened, entry by entry
    standing.py   what there is at the end: rows of the database, copies and outboxes of handhelds
    checkers.py   pure functions of the two: what is wrong, in words; checkers_told.py: of what
                  handhelds were told
    verdict.py    the counts that must be zero, and the line

The history is a list of entries, each a dict with `at` (the true instant) and `what`:

    captured   a change is on a handheld's disk. device (the handheld's name here, "h007"), rep, id,
               kind, act, row (id of the row it makes or touches), store, raw (JSON text as it will
               travel, without n), how: saved | crashed (the program died, but it is on the disk),
               stolen: its id is another's (F36), poison: nobody can read it (F41)
    vanished   changes a handheld held and does not any more, through nobody's fault but the
               disk's or the rep's own. device, ids, how: restored | rotten | undone. Nobody can
               promise those
    request    a call that left a handheld. device, path, changes [[n, id]], fault (a name of
               FAULTS or None), arrived (how often the server got it), killed (the failpoint where
               the server died, or None), status (of what the handheld got; None: nothing)
    verdict    a handheld was told. device, of (the server's name of it), n, id, outcome, state,
               rules (of its conflicts), refs, replayed
    pulled     a page came. device, complete, cursor, rows {kind: [[id, version]]}, gone {kind:
               [id]}, added [scope], dropped [scope], epoch
    repaired   a comparison brought rows. device, rows, gone, epoch: as of a page
    synced     a sync ended. device, ending, detail, answered, repaired (rows), pending (changes
               still waiting)
    enrolled   device, of, install
    office     somebody or something on the other side acted. act, about, and what it was
    delivery   an exchange with the delivery system. act, reference (order/revision), answer, there
    epoch      the database is an older one. why
    fault      something went wrong on purpose. kind (a name of FAULTS), device or None
    healed     from here on nothing goes wrong, and everybody syncs

What is checked reads only the history and what stands at the end, so other harnesses that write
such entries (real processes, real kills) use the same checkers.
"""
