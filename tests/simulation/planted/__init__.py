"""Real mistakes, put into the running product one at a time: the simulation must find each.

    make mutants [ARGS='--only no_receipts resent_unasked --seconds 60']
    make mutants ARGS='--some 5 --seed 7'        five by chance, nothing is written
    make mutants ARGS='--resume mutants.jsonl'   what is found is kept; go on where it broke off

A test that finds nothing says something only if it would have found the mistake. Every mistake
here is one that somebody made in a system like this one, or is a line away from what stands. A
finding counts only where the same seed finds nothing without the mistake.

    table.py       BUGS: name, what the mistake is, where it is made, which firm finds it
    taking.py      mistakes in what becomes of a batch: receipts, repeats, stock, credit
    copies.py      mistakes in what handhelds are told: feeds, cursors, pages, grants, repair
    deliveries.py  mistakes in sending orders on
    phones.py      mistakes of the handheld itself
    plant.py       how a mistake is put in and taken out again
    firms.py       FIRMS: who looks for a mistake, and how one seed of each is played
    hunts.py       a hunt, seed after seed, and the notes by which a run goes on
    __main__.py    the command; writes docs/MUTANTS.md

Nothing of the product knows of it: a mistake replaces a function or a statement for as long as it
is planted.
"""
