"""Tests of what becomes of each kind of change; a file a kind."""
