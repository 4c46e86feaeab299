"""What other systems of the company know comes in here: a feed is one file of one thing.

Stores, products, prices, stock, receivables, targets and the orders of the past arrive as CSV, from
the command line (`command.py`) or over HTTP (`views.py`); both call `load.py`. `read.py` opens a
file and says what is wrong with it as a file. A `mapping.py` names the columns and how their texts
are read; mappings for known sources lie under `mappings/`, and the one called `plain` takes columns
named as in `schemas/feed_rows.py`. `validate.py` sorts good rows from bad: bad ones go to a rejects
file with line, field, value and what to do.

Then the feed itself (`stores.py`, `products.py`, `prices.py`, `stock.py`, `receivables.py`,
`targets.py`) compares what came with what is there and says what to write. Nothing is written that
does not differ, so loading a file twice tells no handheld anything. A full file ends what it does
not name, and a line that was rejected names its row all the same. Orders of the past come by the
million, so `orders.py` has PostgreSQL compare them, and writes them in parts that are whole.

A column the mapping does not name leaves what is stored as it is.
"""
