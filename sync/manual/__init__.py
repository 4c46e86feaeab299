"""The manual of the conflict rules: what is decided when two parties change one thing offline.

Twenty-three rules, each a paragraph in `english/` and `chinese/` (what it decides, and why a
professional would), joined by `pages.py` with the rows of `rules` that carry it and with the
sentences people read, filled with the figures of an example (`examples.json`, made from the
contract). `talaria rules` prints it, docs/RULES.md is it with the tests that prove each rule, and
the office reads it in the console beside what is held.
"""
