"""Notebook runs from a warm process: libraries are imported once, and each notebook gets a forked kernel of its own.

`papermill_engine.execute` is what a batch calls; `papermill --engine peel` is what a user types.
"""
