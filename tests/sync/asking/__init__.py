"""Tests of what takes a subject through the rules: by the examples, and by properties."""
