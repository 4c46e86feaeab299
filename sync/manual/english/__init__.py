"""The manual in English: the paragraphs, and words for what has no better name than in code."""
