"""Real mistakes, put into the running product one at a time: the simulation must find each.

    make mutants [ARGS='--only no_receipts resend_unasked --seconds 60']

A test that finds nothing says something only if it would have found the mistake. Every mistake
here is one that somebody made in a system like this one, or is a line away from what stands.

    table.py       BUGS: name, what the mistake is, where it is made, which firm finds it
    taking.py      mistakes in what becomes of a batch: receipts, repeats, stock, credit
    copies.py      mistakes in what handhelds are told: feeds, cursors, pages, grants, repair
    deliveries.py  mistakes in sending orders on
    phones.py      mistakes of the handheld itself
    plant.py       how a mistake is put in and taken out again
    __main__.py    plants each, plays seed after seed until it is found, and writes docs/MUTANTS.md

Nothing of the product knows of it: a mistake replaces a function or a statement for as long as it
is planted. Five firms look: `firm` is the simulated one (run.py), where everything goes wrong;
`day` is the audited one (audited.py), where every verdict is predicted from the manual; `moves`
is `make moves`, where stores change hands and depots while handhelds pull; `units` is
`make last-units`, a race for the last stock; `feed` is sixteen writers and four readers of a feed.
"""
