"""What the publisher says in footnotes about single counts of the police force area tables: facts, one row each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CountNote:
    """A count that is not what its neighbours are: the status that says so, and where the publisher says it."""

    item: str
    force_id: str
    period_end: str
    status: str
    reason: str
    said_in: str


MARCH_2018 = "ONS police force area data tables, year ending March 2018, Table P7"
WARWICKSHIRE = (
    "{}% of the incidents are an estimate: the force could not tell which incidents were anti-social behaviour"
)

COUNT_NOTES = (
    CountNote(
        item="asb_incidents",
        force_id="cheshire",
        period_end="2018-03-31",
        status="partial",
        reason="11 months: the force could not give figures for March 2018",
        said_in=f"{MARCH_2018}, footnote 8",
    ),
    *(
        CountNote(
            item="asb_incidents",
            force_id="warwickshire",
            period_end=f"{year}-03-31",
            status="estimated",
            reason=WARWICKSHIRE.format(percent),
            said_in=f"{MARCH_2018}, footnote 9",
        )
        for year, percent in ((2015, 1), (2016, 2), (2017, 2), (2018, 4))
    ),
)
STATUS = {(note.item, note.force_id, note.period_end): note.status for note in COUNT_NOTES}
