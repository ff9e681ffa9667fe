"""PEEL police effectiveness reports, made from published data and force returns."""

__version__ = "0.1.0"
