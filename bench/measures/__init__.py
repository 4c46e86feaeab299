"""The claims, one file each: a function takes the `Run` and hands back rows of the table.

A measure warms up, takes its rounds with the floor in turns, so that a slow moment of the machine
hits both, and checks that what it timed was real: every push is looked up as accepted, every pull
is counted. A figure that could not be measured here is a row that says so.
"""
