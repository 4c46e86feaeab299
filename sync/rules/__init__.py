"""The only folder that decides: rules as tables, in the order they are asked.

orders.py: an order and its lines. order_edits.py: an order that is here already. field.py: any
change, visits, cards, plans, stores, contacts. money.py: receipts. watch.py: mass changes.
all.py joins them; rule.py is the shape of a row; policies.py what the office chose.

Read it as a table. A question is asked of the order, or of each line not refused yet. Inside a
question the first row whose `when` is true answers, with its `then`, or with the one of
`instead` that the office chose by a policy (store over banner over company).

* An answer that adjusts hands the adjusted order on to the next question.
* A refused line ends there; the rest of the order goes on.
* A hold ends nothing: reasons add up, and name their lines. It takes a person to release each.
* `types`: a row is asked of orders of these types only. What is asked of selling and sending is not
  asked of goods that come back: the store has them, whatever the product, the price or the day is
  now, and what is wrong with them is often just that. Of them is asked what is asked of any work
  (whose it is, whether it can be read and adds up), and whether so much ever came.
* A row that a person released is passed over: what it proposed stands (`release` does it).
* `promises=False`: while held for this reason, no stock is kept for the order (or line).

Adding a rule: a row here, a condition, a decision if it needs a new one, its figures (tell/),
its sentences (sentences/), and examples in contract/rules/<rule>.json for every answer.
"""
