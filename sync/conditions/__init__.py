"""The `when` of rules: questions about a subject and the facts, answered yes or no."""
