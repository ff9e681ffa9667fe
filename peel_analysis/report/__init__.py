"""A force's executed notebooks made into one page."""
