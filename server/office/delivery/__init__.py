"""Delivery systems: what is on its way, what is stuck, what the two sides do not agree on.

Deliveries and loads (`views.py`), days compared (`views_reconcile.py`), and what the words of
another system mean (`views_meanings.py`).
"""
