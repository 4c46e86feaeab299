"""English: one table for each subject. The language every other one is checked against."""
