"""What becomes of each kind of change a rep may push: a file a kind.

`table.py` names them. A kind either is decided with its whole batch (orders, visits, cards, stops:
effects are collected and written at the end), or needs the rows at rest, then it is taken by itself
after everything before it is written (`direct`).
"""
