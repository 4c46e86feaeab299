"""The figures a rule shows to people; `sentences` makes words of them."""
