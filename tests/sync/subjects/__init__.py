"""Tests of the working copies that the rules read and change."""
