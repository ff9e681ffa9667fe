"""Numbers and lists as text: rounded once, half up on decimals, with separators and signs."""

import math
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

SIGNIFICANT = 12  # digits


def rounded(value: float, decimals: int) -> Decimal:
    """Return `value` rounded half up, as the published report rounds: 57.65 gives 57.7, -0.05 gives -0.1.

    The noise of binary arithmetic is dropped first, so that 57.64999999999999 is the half that it stands for.
    """
    return without_noise(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def without_noise(value: float) -> Decimal:
    """Return the decimal number that a binary one stands for: 1518.9600000000003 gives 1518.96."""
    return Decimal(f"{float(value):.{SIGNIFICANT}g}")


def shown(value: float, decimals: int, *, percent: bool = False, signed: bool = False) -> str:
    """Return a value as text: "1,234.5", "17.5%" or "+10.0%". Raises ValueError for a missing value."""
    if value is None or math.isnan(value):
        raise ValueError("a missing value has no text; show its mark and reason instead")
    number = rounded(value, decimals)
    if number == 0:
        number = abs(number)  # never "-0.0"
    return f"{number:{'+' if signed and number else ''},}{'%' if percent else ''}"


def whole(count: float) -> str:
    """Return a count as text: "52,569". One in full-time equivalents keeps its decimals: "1,518.96"."""
    if math.isnan(count) or count == round(count):
        return shown(count, 0)
    return shown(count, -int(without_noise(count).normalize().as_tuple().exponent))


def in_words(number: int) -> str:
    """Return a small count in words, as the inspectorate writes it: "six", but "12"."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[number] if 0 <= number < len(words) else str(number)


def enumerated(things: Iterable[str]) -> str:
    """Return "Dorset, Essex and Suffolk" for three, "Dorset and Essex" for two, one as it is, and "" for none."""
    told = list(things)
    return " and ".join([", ".join(told[:-1]), told[-1]] if len(told) > 1 else told)
