"""What people read: sentences by language, keyed by rule and answer."""
