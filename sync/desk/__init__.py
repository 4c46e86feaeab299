"""What a person decides about what was captured: releases and answers.

Each is audited and syncs down to the rep.
"""
