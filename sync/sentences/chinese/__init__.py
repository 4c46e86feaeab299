"""Simplified Chinese: the same tables with the same keys and the same places."""
