"""The rules and totals once more, written from the manual and from nothing else.

    book.py        what is known of a company; prices, rights, available, credit, delivery days
    promotions.py  what promotions give
    lines.py       what each line of an order is asked
    questions.py   what the order as a whole is asked
    decided.py     stock, and what became of the order as a whole
    orders.py      the orders that stand, and what each keeps of stock, credit and promotions
    facts.py       visits, cards, stops of the plan, receipts of money
    differences.py what is otherwise than it must be, in words

`../auditor.py` plays changes through them and predicts each verdict. Nothing here imports the
product (a test looks): the sources are PROTOCOL.md, RULES.md and the cases beside them. Where the
product and this folder differ, one of the two has misread the manual, or the manual is silent;
what the auditor does not say anything about is the list NOT_PREDICTED of auditor.py.
"""
