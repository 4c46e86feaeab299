"""What becomes of a change: from the moment a handheld pushes it until all others know.

A rep writes a *change* (a visit, an order line) without a network. Hours later it arrives here in a
*batch*. `push` takes the batch in one transaction, in six steps: it knows which changes it has
answered before, locks what they compete for, gathers the *facts*, lets `rules` decide each change
in order, has `effects` write what stands, and numbers what others must learn as *entries* of a
feed. Every change gets a *verdict*, also a failing one; a bad change never blocks those behind it.

`pull` is the other half: a handheld says how far it has read (its *cursor*), and gets a page of
rows and removals of the *scopes* it carries: its stores, its warehouse, its price lists, its
company. What many carry alike is kept ready as bytes (`segments`). `verify` finds out whether the
rows a handheld holds are still those it should hold, and repairs by slice what is not.

`rules`, `asking`, `subjects`, `conditions`, `decisions`, `tell`, `facts` and `terms` are pure. The
clock, ids, policies and everything from the database are arguments, so that a test can own them and
a stranger can read what the business does without reading how. "What happens when stock is short?"
is a row of `rules/orders.py`.

The SQL of this folder is in `queries`. What a handheld may rely on is in `contract/`: the protocol
in words and as JSON cases that any implementation can play.
"""
