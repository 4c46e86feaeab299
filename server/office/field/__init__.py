"""The field: stores, their visit cards, plans, who carries which store, handhelds.

What the office edits here travels to handhelds, and meets what reps edited in the meantime:
`views_store.py` and `views_cards.py` show both beside each other.
"""
