"""What each subcommand of `peel` does with its arguments."""
