"""Drills: real servers and real handhelds, and what is left after the worst days of a firm."""
