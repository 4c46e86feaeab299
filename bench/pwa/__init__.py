"""The rep's app held to its budgets: `make bench-pwa`.

A real Chromium, slowed down four times (a phone is about so much slower than a desk), in front of
a real server process; a rep with 300 stores, 3,000 products and a year of visits, cards and
orders. Once all of it is on the handheld the server is stopped: a rep's day has no network.

    company     the company that is measured on, laid down by bench/'s own
    slowed      the app in a browser that is slowed down, and the clock in its page
    opening     the app started with no network; what it takes of memory
    pad         the order pad: opened, searched on each key, an order saved
    gestures    taps and keys, counted while tests/browser/gestures.py does a rep's acts
    coming      the first sync: time without the network's, bytes; the app itself over the wire
    budget      the table: each figure beside its budget

A time runs from the event of the tap or key, by the browser's own stamp, to the first frame after
everything it changes on the screen was changed. Frames come 60 times a second, so up to 17 ms of
each are waiting for the next; the slowing down is of the page, not of the disk or the worker.
"""
