"""The 44 faults a company's handhelds and servers meet, what is promised in each, and the tests
that hold us to it.

table.py       one row a fault: what goes wrong, the promise, the tests that name it
__main__.py    `make faults` runs those tests and writes docs/FAULTS.md with what came of each
test_table.py  every fault has a test that exists; the page is in step with the table
test_*.py      what no other room tests: a late copy, a process killed in the middle of a push, a
               disk that is full, a transaction left open, nights that nobody scheduled

Most tests live in the room of what they are about. tests/simulation throws the same faults by the
thousand, at random and together; here each is met once, alone, by name.
"""
