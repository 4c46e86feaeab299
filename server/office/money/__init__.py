"""Money: receipts from a rep's hand to the books, what stores owe, the journal."""
