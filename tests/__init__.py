"""The tests, in the folders of what they test: tests/<package>/test_<file>.py for <package>/<file>.

`house/` holds the code to its own habits, `browser/` drives Chromium. Tests are named as sentences,
never sleep to pass, need no order, and run beside each other: `make test`.
"""
