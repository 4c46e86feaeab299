"""Asking: takes a subject through the rules about it, and says what becomes of it.

A file a subject: orders, edits of orders, any change, edits of rows, money, mass changes.
"""
