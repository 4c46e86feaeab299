"""The `then` of rules: what each may answer, by the names that policies choose; and its shapes."""
