"""What questions are asked about: the working copy of an order, an edit, a receipt, a change.

Conditions read it, decisions change it; what was captured and the facts stay untouched.
"""
