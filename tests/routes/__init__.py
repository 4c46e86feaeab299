"""Tests of planning routes, one file for each file of routes/."""
