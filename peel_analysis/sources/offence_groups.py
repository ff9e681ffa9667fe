"""The offence groups of recorded crime, under the names of the April 2026 release, and their names elsewhere."""

from peel_analysis.sources.headings import fold

GROUPS = (
    "Criminal damage and arson",
    "Drug offences",
    "Miscellaneous crimes against society",
    "Possession of weapons offences",
    "Public order offences",
    "Robbery",
    "Sexual offences",
    "Theft offences",
    "Violence against the person",
)
FRAUD = "Fraud offences"

OTHER_NAMES = {
    "Miscellaneous crimes": "Miscellaneous crimes against society",
    "Criminal damage and arson offences": "Criminal damage and arson",
    "Possession of weapons": "Possession of weapons offences",
    "Possession of weapon offences": "Possession of weapons offences",
    "Public order": "Public order offences",
    "Robbery offences": "Robbery",
    "Theft": "Theft offences",
    "Violence against the person offences": "Violence against the person",
    "Violent offences": "Violence against the person",
}
BY_NAME = {fold(name): group for name, group in [*((group, group) for group in GROUPS), *OTHER_NAMES.items()]}


def offence_group(cell: object) -> str:
    """Return the group that a cell names; "Fraud offences to 2012/13" and the like are FRAUD. Raises ValueError."""
    name = fold(str(cell))
    group = FRAUD if name.startswith("fraud") else BY_NAME.get(name.rstrip("0123456789 "))  # glued footnote digits
    if group is None:
        raise ValueError(
            f"unknown offence group {str(cell)!r}; if the publisher renamed one, add the name to OTHER_NAMES in "
            "peel_analysis/sources/offence_groups.py"
        )
    return group
