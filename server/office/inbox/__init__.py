"""What waits for a person: the inbox, one item, and what is answered.

Every item that is held (an order, an edit, money, a delivery in doubt) stands here with its reason,
its owner and its hour; `views_answers.py` is how it is answered, one or many at a time.
"""
