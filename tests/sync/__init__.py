"""What becomes of a change, tested: rules and terms by examples and properties, the rest against
a real database. `cases.py` reads the JSON examples of `sync/contract` into facts and orders.
"""
