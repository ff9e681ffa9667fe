"""The full account of one number, in plain text."""

from peel_analysis.why.account import account

__all__ = ["account"]
