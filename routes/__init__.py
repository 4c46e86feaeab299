"""Visit routes of a rep, not URLs: who is due, on which day, and in which order.

A territory has more stores than a rep can see in a week. How often each is called on, which day it
falls on and the order of a day's stops are arithmetic over stores, call frequencies and distances:
pure functions, the same on the server, in a handheld without a network, and in a test. Nothing here
knows of a database, of HTTP or of `sync`.
"""
