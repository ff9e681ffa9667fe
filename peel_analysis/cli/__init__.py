"""The `peel` command: thin. Each subcommand imports what it needs when it is called, so that help answers at once."""

from peel_analysis.cli.command import main

__all__ = ["main"]
