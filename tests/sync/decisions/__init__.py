"""Decisions by themselves, where the examples of the rules do not reach."""
