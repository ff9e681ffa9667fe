"""The published files behind data/: which tables each gives, and the words of its provenance."""

from dataclasses import dataclass

PROVENANCE_COLUMNS = (
    "table",
    "release",
    "publisher",
    "title",
    "release_words",
    "licence",
    "how_made",
    "source_file",
    "sha256",
)
LICENCE = "Open Government Licence v3.0"
HOME_OFFICE, ONS = "Home Office", "Office for National Statistics"
RECORDED_CRIME = "Police recorded crime open data tables, by police force area"
OUTCOMES = "Crime outcomes in England and Wales open data tables"
AREA_TABLES = "Police force area data tables"
WORKFORCE = "Police workforce, England and Wales"
WORKFORCE_HOW = "as printed, by force and date; full-time equivalents to six decimals, `..` as a blank with its reason"
BY_GROUP = (
    "summed by force, quarter and offence group; fraud offences and bodies that are no police force area left out"
)
BY_TYPE = (
    "summed by force, quarter and outcome type, type 0 (not yet assigned) kept; fraud offences, parts of other types, "
    "cells without a count and bodies that are no police force area left out"
)


@dataclass(frozen=True)
class PublishedFile:
    """One file: where it lies beside the raw folder or in it, its reader, and the (table, release) pairs it gives."""

    file: str
    reader: str
    release: str
    tables: tuple[tuple[str, str], ...]
    publisher: str
    title: str
    release_words: str
    how_made: str
    vintages: tuple[str, str] = ("", "")
    licence: str = LICENCE

    def words(self) -> dict[str, str]:
        """Return what provenance.csv says of each table of this file."""
        return {
            "publisher": self.publisher,
            "title": self.title,
            "release_words": self.release_words,
            "licence": self.licence,
            "how_made": self.how_made,
        }


WORKERS = (
    ("designated_officers", "fte"),
    ("police_community_support_officers", "fte"),
    ("police_officers", "fte"),
    ("police_staff", "fte"),
    ("police_support_volunteers", "headcount"),
    ("special_constables", "headcount"),
)
FILES = (
    PublishedFile(
        file="home_office/prc-pfa-mar2013-onwards-tables-230426-rebuilt.ods",
        reader="recorded crime",
        release="2026-04",
        tables=(("recorded_crime", "2026-04"),),
        publisher=HOME_OFFICE,
        title=f"{RECORDED_CRIME}, year ending March 2013 onwards",
        release_words="released in April 2026; the workbook was rebuilt in the published layout from a cleaned copy",
        how_made=BY_GROUP,
    ),
    PublishedFile(
        file="home_office/prc-pfa-mar2013-onwards-tables201718.csv",
        reader="recorded crime",
        release="2017-18-older",
        tables=(("recorded_crime", "2017-18-older"),),
        publisher=HOME_OFFICE,
        title=f"{RECORDED_CRIME}, 2017/18",
        release_words="a release before April 2026; its date is not in the file, so it is named for the year it covers",
        how_made=f"{BY_GROUP}; a dash is nil",
    ),
    PublishedFile(
        file="home_office/outcomes-open-data-year-ending-march-2019.csv.gz",
        reader="outcomes",
        release="2019-03",
        tables=(("outcomes_recorded", "2019-03"), ("outcomes_assigned", "2019-03")),
        publisher=HOME_OFFICE,
        title=f"{OUTCOMES}, year ending March 2019",
        release_words="the open data for the year ending March 2019; named for the month in which that year ends",
        how_made=BY_TYPE,
    ),
    PublishedFile(
        file="home_office/outcomes-2024-25-cleaned.parquet",
        reader="outcomes",
        release="2024-25",
        tables=(("outcomes_recorded", "2024-25"),),
        publisher=HOME_OFFICE,
        title=f"{OUTCOMES}, year ending March 2025",
        release_words="a cleaned copy of the open data for 2024/25; its date is not in the file, so the release is "
        "named for the year it covers",
        how_made=BY_TYPE,
    ),
    PublishedFile(
        file="ons/policeforceareatablesyearendingmarch2018v2.xlsx",
        reader="police force areas",
        release="2018-03",
        vintages=("2017", "2018-revised"),
        tables=(("asb_incidents", "2018-03"), ("populations", "2017"), ("populations", "2018-revised")),
        publisher=ONS,
        title=f"{AREA_TABLES}, year ending March 2018",
        release_words="tables for the year ending March 2018, second version; named for the month that ends the year",
        how_made="incidents as printed, with the status that a footnote gives them; populations of vintage 2017 are "
        "incidents divided by the printed rate (exact; the City of London is London less the Metropolitan Police); "
        "those of vintage 2018-revised are printed, rounded to hundreds",
    ),
    PublishedFile(
        file="ons/policeforceareadatatablesyearendingjune2018corrected.xlsx",
        reader="police force areas",
        release="2018-06",
        vintages=("", "2018-06"),
        tables=(("populations", "2018-06"),),
        publisher=ONS,
        title=f"{AREA_TABLES}, year ending June 2018",
        release_words="tables for the year ending June 2018, corrected; named for the month in which that year ends",
        how_made="the population column of the table of crime rates, rounded to hundreds",
    ),
    *(
        PublishedFile(
            file=f"home_office/{file}",
            reader="workforce",
            release=release,
            tables=tuple((f"{workers}_{unit}", release) for workers, unit in kinds),
            publisher=HOME_OFFICE,
            title=f"{WORKFORCE}, {day}",
            release_words=f"published in {published}; named for the month of its latest date",
            how_made=WORKFORCE_HOW,
        )
        for file, release, day, published, kinds in (
            ("police-workforce-tables-jan17.ods", "2017-09", "30 September 2017", "January 2018", WORKERS),
            (
                "police-workforce-sep18-tables.ods",
                "2018-09",
                "30 September 2018",
                "January 2019",
                (*WORKERS, ("police_staff_and_designated_officers", "fte")),
            ),
        )
    ),
    PublishedFile(
        file="facts/outcomes_by_quarter_2015-16Q2_to_2017-18Q1.csv",
        reader="outcomes by quarter",
        release="2024-07",
        tables=(("outcomes_recorded", "2024-07"),),
        publisher=HOME_OFFICE,
        title=OUTCOMES,
        release_words="released in July 2024",
        how_made="transcribed: types 1, 2, 3, 6, 7, 8 and 22, and all outcomes as dimension all, by force and quarter",
    ),
    PublishedFile(
        file="facts/recorded_crime_12m_to_june_rolling_release.csv",
        reader="rolling recorded crime",
        release="rolling-2018-12",
        tables=(("recorded_crime", "rolling-2018-12"),),
        publisher=HOME_OFFICE,
        title="Police recorded crime by police force area, rolling 12 months",
        release_words="the rolling-year release to December 2018",
        how_made="transcribed: totals without fraud of the 12 months to 30 June 2012, 2013, 2016 and 2017",
    ),
    PublishedFile(
        file="facts/population_mid_2024.csv",
        reader="mid-2024 populations",
        release="2024",
        tables=(("populations", "2024"),),
        publisher=ONS,
        title="Mid-year population estimates by police force area, mid-2024",
        release_words="mid-2024 estimates; the date of their release is not recorded",
        how_made="transcribed",
    ),
    PublishedFile(
        file="facts/city_of_london_denominators.csv",
        reader="City of London daytime",
        release="daytime-2014",
        tables=(("populations", "daytime-2014"), ("populations", "workday-2014")),
        publisher="Greater London Authority",
        title="Daytime population by borough, 2014",
        release_words="2014",
        how_made="transcribed: the City of London's daytime population with visitors (daytime-2014) and its workers "
        "and residents who do not work (workday-2014); neither is a resident population",
        licence="as the London Datastore states",
    ),
)
