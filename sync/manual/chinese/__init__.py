"""The manual in Simplified Chinese: the paragraphs, and words for every row and answer."""
