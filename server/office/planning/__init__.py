"""The planning of visit routes: cycles drawn up for reps, looked at, changed, compared, published.

A plan is the office's own until it is published: `views.py` lists plans, asks for new ones, says
what publishing would do and does it; `views_board.py` is the board on which a plan is changed by
hand, its overview and its map; `views_compare.py` puts two plans side by side; `views_days.py` is
how reps work, and when they do not; `views_balance.py` proposes who might hand which store to whom
(worded and drawn by `evened.py`) and hands over what is ticked. `queries*.py` is their SQL.

Between them lies what asks neither HTTP nor SQL: `cards.py` (rows made into cards with a place),
`timing.py` (the clock of a day, its order, what is wrong with it), `board.py` (cards in weeks and
days, with sums), `absent.py` (stores a plan knows nothing of), `mapped.py` (a map without a map),
`words.py` (reasons as people say them). What a hand changes is in `changing.py`: each change keeps
what it wrote over, so that it can be undone.

The planner itself is `routes`; the worker runs it (`server/planning.py` asks for it).
"""
