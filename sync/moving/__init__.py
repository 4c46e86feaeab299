"""Who carries which store changes: territories move and split, reps go on holiday and leave.

`hand_over` moves stores between reps in bulk, with a hand-over day on which both hold them, and
lets a stand-in carry a rep's stores from one day to another; both begin and end by themselves.
`relocate` takes a store with all that hangs on it to another depot's cell. `leaving` is a rep who
goes. `preview` tells before it is done what a move will bring to and take from each handheld. `why`
answers why a row is, or is not, on a handheld.

What a rep captured for a store while it was theirs stays valid, whoever has it now.
"""
