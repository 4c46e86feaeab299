"""Orders as they land and all that happened to one.

The board (`views.py`) with its live stream (`live.py`, `views_live.py`), one order's page with its
story (`timeline*.py`), what is held of it (`views_held.py`) and how it ends (`views_life.py`).
"""
