"""The dictionary of values.csv: what each of its columns holds, said once, and printed wherever it is told.

It is the columns of the file in their order, the metadata file beside it (CSVW, "CSV on the web"), the types of a
Parquet file, the headings of a workbook and docs/values.md.
"""

import json
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from peel_analysis.data.edition import Edition
from peel_analysis.show.templates import ATTRIBUTION, what_this_is

VALUES = "values.csv"
METADATA = "-metadata.json"  # at the end of the name of the file that it describes, where programs look for it
LICENCE = "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
LIST = ";"  # between the things that a cell lists
KEY = ("edition", "measure", "force_id", "period_end")
FORMATS = {"date": "yyyy-MM-dd", "boolean": "True|False"}
OPENING = """# The columns of `values.csv`

A file of values (`values.csv`, and what `peel values` prints) has these columns in this order. One row is a measure of
one force or of England and Wales. A blank means that there is nothing to say or that there is no figure, which `status`
explains; it never means zero. Columns marked "always" are never blank. The first {contract} stay as they are and where
they are, for other programs. In CSV a text that a spreadsheet would run has an apostrophe before it.

This page is made from `peel_analysis/show/values_dictionary.py`: `peel values --columns > docs/values.md`. `{metadata}`
beside a values file says the same to programs, as CSVW.

| column | name | what it is | type | unit |
|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Column:
    """A column: its name, its heading for readers, what it holds, of which type and in which unit.

    A column that is `required` is never blank; one that `lists` holds several things with LIST between.
    """

    name: str
    title: str
    description: str
    type: Literal["string", "number", "integer", "date", "boolean"] = "string"
    unit: str = ""
    required: bool = False
    lists: bool = False


OWN, COUNTED, PLACES = "as the column unit says", "events, people or full-time equivalents", "places"
CONTRACT_COLUMNS = (
    Column("edition", "Edition", "the edition, by its id", required=True),
    Column("measure", "Measure", "the measure, by its id; of a further row, its figure and number", required=True),
    Column("force_id", "Force", "the force, by its id, or england-and-wales", required=True),
    Column("period_end", "Period end", "the last day of the window, or the day of a stock", "date", required=True),
    Column("value", "Value", "the value, not rounded; blank where status says why", "number", OWN),
    Column("numerator", "Count", "the count behind it; blank where it is not public", "number", COUNTED),
    Column("denominator", "Out of", "what the count is divided by", "number", COUNTED),
    Column("unit", "Unit", "the unit of the value", required=True),
    Column("status", "Status", "whether and how there is a value: one of data/statuses.csv", required=True),
    Column("note", "Note", "why a value is missing or marked, and who is in England and Wales"),
    Column("release", "Release", "the releases that the counts and the population are from"),
)
FURTHER_COLUMNS = (
    Column("in_figure", "In the figure", "False where the exclusions register leaves it out of the figure", "boolean"),
    Column("in_national", "In England and Wales", "False where it is left out of England and Wales", "boolean"),
    Column("members", "Forces in England and Wales", "how many are in its value, or in a mean", "integer", "forces"),
    Column("comparator_period_end", "Earlier period end", "the last day of the window before", "date"),
    Column("comparator_value", "Earlier value", "the value in the window before", "number", OWN),
    Column("comparator_numerator", "Earlier count", "the count in the window before", "number", COUNTED),
    Column("comparator_denominator", "Earlier out of", "what that count is divided by", "number", COUNTED),
    Column("comparator_status", "Earlier status", "the status of the value in the window before"),
    Column("comparator_note", "Earlier note", "why that value is missing or marked"),
    Column(
        "comparator_release",
        "Release of both ends",
        "the release that both ends of the comparison over time come from, where that is not the value's own; blank "
        "where the two are the same or there is no comparison",
    ),
    Column(
        "same_release_value",
        "Value in the earlier value's release",
        "the value's own window in comparator_release, to set the window before beside; blank without one",
        "number",
        OWN,
    ),
    Column("same_release_numerator", "Count in that release", "the count behind that value", "number", COUNTED),
    Column("same_release_denominator", "Out of in that release", "what it is divided by", "number", COUNTED),
    Column("same_release_status", "Status in that release", "the status of that value"),
    Column("same_release_note", "Note in that release", "why that value is missing or marked"),
    Column("lower_95", "95% interval, lower limit", "its lower limit, where the counts are public", "number", OWN),
    Column("upper_95", "95% interval, upper limit", "its upper limit", "number", OWN),
    Column("lower_998", "99.8% interval, lower limit", "its lower limit, where the counts are public", "number", OWN),
    Column("upper_998", "99.8% interval, upper limit", "its upper limit", "number", OWN),
    Column(
        "rank_first",
        "First place",
        "the first of the places left open to the force, the largest value first: an order counts only where the 95% "
        "intervals lie apart by the size rule, so that the intervals alone can leave fewer places",
        "integer",
        PLACES,
    ),
    Column("rank_last", "Last place", "the last of these places", "integer", PLACES),
    Column("ranked", "Forces with a place", "how many forces have a place", "integer", "forces"),
    Column(
        "verdict",
        "Verdict",
        "which tests of the wording policy are passed beside England and Wales: notably higher or lower than (all "
        "three), higher or lower than (size and position), similar to (not both, whatever the gap)",
    ),
    Column("verdict_reason", "Why there is no verdict", "why there is none"),
    Column(
        "other_release",
        "Otherwise in another release",
        "each other release held of the same windows in which the sign of a change or the verdict is another, with the "
        "value there",
    ),
    Column("gap", "Gap to England and Wales", "the value less that of England and Wales, both as shown", "number", OWN),
    Column(
        "gap_percent", "Gap in percent", "the same in percent of the latter; not for a change", "integer", "percent"
    ),
    Column(
        "said",
        "Beside England and Wales",
        'what a sentence says of the value beside England and Wales: "similar to" is said of a gap below the size rule '
        "alone",
    ),
    Column("policy_version", "Wording policy", "its version, with the first figures of a digest of its settings"),
    Column("source_sha256", "Source files", "the sha256 of each published file behind the counts", lists=True),
    Column("rule", "Definition", "the measure's definition, with the first figures of its digest"),
    Column("code_version", "Code version", "the version of the code, with the first figures of its digest"),
    Column("member_list", "Members", "on the row of England and Wales, the forces in its value", lists=True),
    Column("part_of", "Part of", "in the values file of a report, the figure or list that says a further row's number"),
    Column(
        "standardised_value",
        "Standardised value",
        "an outcome share standardised for the mix of offences",
        "number",
        OWN,
    ),
    Column("standardised_lower_95", "Standardised, lower limit", "its 95% interval's lower limit", "number", OWN),
    Column("standardised_upper_95", "Standardised, upper limit", "its 95% interval's upper limit", "number", OWN),
    Column("standardised_expected", "Count expected", "the outcomes expected with this mix", "number", "outcomes"),
    Column(
        "standardised_disagrees",
        "Standardised otherwise",
        "where it comes out otherwise than the share itself beside England and Wales: other_side, size_gone, "
        "size_appears",
        lists=True,
    ),
    Column("rest_value", "England and Wales without it", "its value without the force", "number", OWN),
    Column(
        "rest_difference",
        "Difference from the rest",
        "how far the force lies from England and Wales without it: the two share no event",
        "number",
        OWN,
    ),
    Column("rest_difference_lower_95", "Difference, lower limit", "its 95% interval's lower limit", "number", OWN),
    Column("rest_difference_upper_95", "Difference, upper limit", "its 95% interval's upper limit", "number", OWN),
)
COLUMNS = {one.name: one for one in (*CONTRACT_COLUMNS, *FURTHER_COLUMNS)}


def metadata(file: str, edition: Edition) -> str:
    """Return the CSVW metadata of a values file of an edition, as JSON; `file` is its name, beside the metadata's."""
    told = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": quote(file),
        "dc:title": edition.data.marked(f"Values of the measures: {edition.title}"),
        "dc:description": f"{what_this_is(edition.data)} A blank is never zero: status says why there is no value.",
        "dc:license": {"@id": LICENCE},
        "dc:rights": ATTRIBUTION,
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ",", "lineTerminators": ["\n"]},
        "tableSchema": {"columns": [_in_csvw(one) for one in COLUMNS.values()], "primaryKey": list(KEY)},
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n"


def _in_csvw(column: Column) -> dict[str, object]:
    """Return a column as CSVW describes it. A text may have an apostrophe before it, which the description says."""
    of_type = {"base": column.type, "format": FORMATS[column.type]} if column.type in FORMATS else column.type
    return {
        "name": column.name,
        "titles": column.name,
        "dc:title": column.title,
        "dc:description": column.description,
        "datatype": of_type,
        **({"schema:unitText": column.unit} if column.unit else {}),
        **({"separator": LIST} if column.lists else {}),
        "required": column.required,
    }


def in_markdown() -> str:
    """Return the dictionary as a page in Markdown: docs/values.md."""
    kinds = {name: "list" if one.lists else one.type for name, one in COLUMNS.items()}
    lines = (
        f"| `{one.name}` | {one.title} | {one.description} | {kinds[one.name]}{', always' if one.required else ''} | "
        f"{one.unit or '-'} |\n"
        for one in COLUMNS.values()
    )
    return OPENING.format(contract=len(CONTRACT_COLUMNS), metadata=f"{VALUES}{METADATA}") + "".join(lines)
