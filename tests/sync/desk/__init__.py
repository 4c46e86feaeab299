"""Tests of what persons and the clock decide, each against a real database."""
