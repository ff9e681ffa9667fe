"""A result in words, footnotes and tables."""
