"""Sentences about what is watched beside single changes."""

from collections.abc import Mapping

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "mass_change": {
        "raise_alarm": "{name} changed {rows} of {kind} within {minutes} minutes; more than {most} "
        "is unusual. Nothing was undone: look at what it was.",
        "let_pass": "{name} changed {rows} of {kind} within {minutes} minutes.",
    },
}
