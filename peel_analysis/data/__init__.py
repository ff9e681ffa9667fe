"""The data folder: its registers, declarations, counts and editions, read and checked."""
