"""Data returns: the form that a force fills in, what is queried of it, what was decided, and the counts made of it."""
