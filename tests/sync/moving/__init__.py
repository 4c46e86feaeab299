"""Territories that move, one file for one file of sync/moving."""
