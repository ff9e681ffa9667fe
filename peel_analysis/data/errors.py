"""The one family of errors that a user can put right: the command prints them in one line and exits with 2."""


class InputError(ValueError):
    """Input that cannot be used. The message names where, what was found and how to put it right."""
