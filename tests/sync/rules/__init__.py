"""Tests of the table of rules: each row by its examples, and what policies may choose."""
