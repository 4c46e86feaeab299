"""Tests of what a delivery system says and what it does to an order."""
