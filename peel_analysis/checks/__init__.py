"""Checks on what is in data/: each a stated rule of data/checks.toml with a printed result."""
