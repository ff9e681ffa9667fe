"""Readers of published files: one module a format, file in, counts and an account out. `formats` knows them all."""
