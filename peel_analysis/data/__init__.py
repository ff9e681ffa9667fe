"""Reads and checks `data/`: the registers, and the tables of one edition."""

from peel_analysis.data.edition import Edition, editions, open_edition
from peel_analysis.data.registers import Register, read_register

__all__ = ["Edition", "Register", "editions", "open_edition", "read_register"]
