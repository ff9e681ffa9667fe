"""What a cell of the Home Office's open data tables says: a force or a body, a quarter, an offence, a type, a count."""

import re
import unicodedata
from datetime import date
from enum import Enum

from peel_analysis.data import periods
from peel_analysis.data.counts import DIGITS
from peel_analysis.data.forces import Forces
from peel_analysis.sources.headings import fold
from peel_analysis.sources.sheets import as_text

# The offence groups under the names of the April 2026 release, and their names elsewhere.
OTHER_NAMES = {
    "Criminal damage and arson": ("Criminal damage and arson offences",),
    "Drug offences": (),
    "Miscellaneous crimes against society": ("Miscellaneous crimes",),
    "Possession of weapons offences": ("Possession of weapons", "Possession of weapon offences"),
    "Public order offences": ("Public order",),
    "Robbery": ("Robbery offences",),
    "Sexual offences": (),
    "Theft offences": ("Theft",),
    "Violence against the person": ("Violence against the person offences", "Violent offences"),
}
GROUP_OF = {fold(name): group for group, others in OTHER_NAMES.items() for name in (group, *others)}
FRAUD = "Fraud offences"
# Bodies that record crime and have no area; a name of theirs may stand in any letters' case.
BODIES = "British Transport Police", "Action Fraud", "CIFAS", "UK Finance", "Financial Fraud Action UK", "Report Fraud"
TOTALS = ("England and Wales", "England", "Wales", "Total")
NO_FORCES = {name: f"{name} is no police force area" for name in BODIES}
NO_FORCES |= {name: f"{name} is a total of forces" for name in TOTALS}
NO_FORCE_OF = {fold(name): name for name in NO_FORCES}
TYPES = {str(number) for number in range(23)}
OF_WHICH = {"1a", "2a", "3a"}  # parts of types 1, 2 and 3, counted there: what an offender got for another offence
FIRST_YEAR = 1990  # no table of these has an earlier one; a year after the next is a slip of the keyboard too
NOTE_MARK = re.compile(r"\[[^\]]*\]|\([^)]*\)")
ALL_PARTNERSHIPS = {"total", "all", "all partnerships", "force total", "police force total"}

# A cell with a dash is nil: the accounting format that the publisher's spreadsheet shows a nil with. The 2017/18 file
# in an older release has 5,792 cells "-00" and not one "0"; of those that the April 2026 release also has, 97.6% are 0
# there and the others were revised.
NIL = re.compile(r"-\s*0*")
# Digits are those of a keyboard, and a comma or a blank parts thousands or nothing.
WHOLE = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+)")
MARK_BEHIND = re.compile(r"\s*\[[a-z]\]$")
BARE = re.compile(r"n/?a\W*", re.IGNORECASE)
NONE_APPLIES = re.compile(
    r"n/?a\b.*\b(?:expired|not applicable|code (?:not (?:yet )?)?(?:introduced|in force|in use|valid))\b.*"
    r"|not applicable\b.*|\[z\].*",
    re.IGNORECASE,
)
# Any other reason behind "N/A" is a count that the publisher does not give, as are the marks of official statistics.
NOT_PROVIDED = re.compile(
    r"n/?a\b.*|\.\.+|…|:|\[[xcu]\](?:\W.*)?"
    r"|(?:\w+ ){0,4}not (?:yet )?(?:been )?(?:available|given|provided|received|returned|submitted|supplied)\b.*"
    r"|(?:\w+ ){0,4}unavailable\b.*|no (?:data|figures?|return)\b.*",
    re.IGNORECASE,
)


class Absent(Enum):
    """Why a cell has no count: none applies there, or the force did not give one."""

    NONE_APPLIES = "no count applies"
    BARE = "N/A without a reason"
    NOT_PROVIDED = "not provided"


def force_or_body(cell: object, forces: Forces) -> str:
    """Return the force id, or the name of a body that is no force or of a total. Raises ValueError for another name."""
    name = NOTE_MARK.sub(" ", as_text(cell)).strip()
    return NO_FORCE_OF.get(fold(name)) or forces.find(name).id


def financial_year(cell: object) -> int:
    """Return 2016 for "2016/17". Raises ValueError for another text, and for a year that these tables cannot have."""
    try:
        year = periods.financial_year_start(NOTE_MARK.sub(" ", as_text(cell)))
    except ValueError as problem:
        raise ValueError(f"{problem}; correct it") from None
    latest = date.today().year + 1
    if FIRST_YEAR <= year <= latest:
        return year
    known = f"the financial years of these tables start between {FIRST_YEAR} and {latest}"
    raise ValueError(f"found {as_text(cell)!r}, and {known}; correct it")


def quarter_number(cell: object) -> int:
    """Return 1 to 4 for "1" or "Q1". Raises ValueError for anything else."""
    text = as_text(cell).upper().removeprefix("Q").strip()
    if text not in ("1", "2", "3", "4"):
        raise ValueError(f"found {as_text(cell)!r} where a financial quarter, 1 to 4, should be; correct it")
    return int(text)


def offence_group(cell: object) -> str:
    """Return the group that a cell names; "Fraud offences to 2012/13" and the like are FRAUD. Raises ValueError."""
    name = fold(str(cell))
    group = FRAUD if name.startswith("fraud") else GROUP_OF.get(name.rstrip("0123456789 "))  # glued footnote digits
    if group is None:
        where = "OTHER_NAMES in peel_analysis/sources/crime_cells.py"
        raise ValueError(f"unknown offence group {str(cell)!r}; if the publisher renamed one, add it to {where}")
    return group


def outcome_type(cell: object) -> str:
    """Return an outcome type, "0" to "22", or one of the "of which" types. Raises ValueError for anything else."""
    text = re.sub(r"^(outcome )?(type )?", "", as_text(cell).lower())
    if text in TYPES or text in OF_WHICH:
        return text
    raise ValueError(f"unknown outcome type {as_text(cell)!r}; the types are 0 to 22")


def offence_code(cell: object) -> str:
    """Return an offence code as one text, however it is spelt: "8n " as "8N"; "034", "34.0" and "34 [2]" as "34"."""
    code = re.sub(r"\[[^\]]*\]|\s+", "", unicodedata.normalize("NFKC", as_text(cell))).upper()
    return re.sub(r"\.0+$|^0+(?=[0-9])", "", code)


def words(cell: object) -> str:
    """Return a description or a name without case, punctuation and note marks, to tell two of them apart."""
    return fold(unicodedata.normalize("NFKC", as_text(cell)))


def partnership(cell: object) -> str:
    """Return a community safety partnership's name in `words`. Raises ValueError for a total of partnerships."""
    name = words(cell)
    if name in ALL_PARTNERSHIPS:
        remedy = "the partnerships of a force are added up; give the table without its totals"
        raise ValueError(f"found {as_text(cell)!r} where a community safety partnership should be: {remedy}")
    return name


def count(cell: object) -> float | Absent:
    """Return a count, or why there is none. Raises ValueError for anything else that is no number.

    Commas or blanks between thousands and a mark like "[r]" behind a number are dropped; a dash is nil (see NIL); a
    negative count is a correction. "N/A" with a reason that is not known here is a count that was not provided.
    """
    said = as_text(cell)
    text = MARK_BEHIND.sub("", said)
    if WHOLE.fullmatch(text):
        digits = re.sub(r"[^0-9-]", "", text)
        if len(digits.removeprefix("-")) > DIGITS:
            raise ValueError(f"found {said!r}, a count of more than {DIGITS} digits; correct it")
        return float(digits)
    if NIL.fullmatch(text):
        return 0.0
    if BARE.fullmatch(NOTE_MARK.sub(" ", said).strip()):
        return Absent.BARE
    if NONE_APPLIES.fullmatch(said):
        return Absent.NONE_APPLIES
    if NOT_PROVIDED.fullmatch(said):
        return Absent.NOT_PROVIDED
    raise ValueError(f"found {said or 'a blank'!r} where a count should be; put the published number back")


def offences(cell: object) -> float | Absent:
    """Return a number of offences as `count` does, but raise ValueError for "N/A" without a reason."""
    number = count(cell)
    if number is Absent.BARE:
        raise ValueError("found N/A where a number of offences should be; put the published number or its reason back")
    return number
