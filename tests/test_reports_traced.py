"""Every number in every generated sentence of all 43 reports is found in the values.csv beside the report.

The cells of the section notebooks are run for a force, and every text that they show is read: readings, captions,
notes, alternative texts, tiles, lists. Cells of tables are no sentences, and findings are the inspectors' own words.
What counts as found is said in report_numbers.py. `make test` reads the reports of two forces in
2017, `make test-all` all others of 2017 too, and of the two other editions every second force, the others in each.
"""

from collections import Counter
from dataclasses import replace
from functools import cache

import cells
import pytest
from report_numbers import allowed, numbers, read
from report_texts import LISTS, READINGS, texts
from tracing import NUMBER

from peel_analysis.data.folder import open_data
from peel_analysis.reports.values_file import values_of

FIRST = ("norfolk", "city-of-london")  # findings of inspectors, and a population that is assumed
IDS = open_data().forces.ids
TRACED = [("2017", one) for one in IDS] + [("2019", one) for one in IDS[::2]] + [("2025", one) for one in IDS[1::2]]
REPORTS = [pytest.param(*one, marks=() if one[0] == "2017" and one[1] in FIRST else pytest.mark.slow) for one in TRACED]

pytestmark = pytest.mark.usefixtures("kept_for_all_forces")
every = cache(lambda edition_id: values_of(open_data().edition(edition_id)))


@pytest.mark.parametrize(("edition_id", "force_id"), REPORTS)
def test_every_number_that_a_report_says_is_in_the_values_file_beside_it(edition_id: str, force_id: str) -> None:
    values = every(edition_id)
    beside = read(values, force_id)
    kinds: Counter[str] = Counter()
    for plan in values.edition.sections:
        for html in cells.shown(plan.notebook, {"force": force_id, "edition": edition_id})["html"]:
            for said in texts(html):
                missing = numbers(said, beside) - allowed(said, beside)
                assert not missing, f"{plan.id}, {said.about or 'no figure'}, {said.kind}: {missing} in {said.text!r}"
                kinds[said.kind] += bool(NUMBER.search(said.text))
    wanted = {*READINGS, *LISTS, "alt", "summary", "caption", "figcaption"} - {"standing-out"}
    assert wanted <= set(+kinds), f"every kind of text was there to be read: {dict(kinds)}"


@pytest.mark.parametrize(
    ("plan", "about", "told", "untrue"),
    [
        ("investigating", "crime_per_1000", "58.9", "58.8"),
        ("investigating", "crime_per_1000", "76.4", "76.3"),
        ("investigating", "crime_per_1000-trend", "58.9", "58.7"),
        ("investigating", "outcome_charged_pct-funnel", "12.0%", "12.1%"),
        ("investigating", "outcome-spread", "4.4%", "4.5%"),
        ("investigating", "crime_change_12m", "39", "38"),
        ("preventing", "asb_incidents_per_1000-funnel", "30.7", "30.6"),
        ("effectiveness_overview", "", "161", "162"),
        ("annex_a", "", "161", "162"),
    ],
)
@pytest.mark.slow
def test_a_number_that_is_another_would_be_seen(plan: str, about: str, told: str, untrue: str) -> None:
    edition, beside = every("2017").edition, read(every("2017"), "norfolk")
    given = {"force": "norfolk", "edition": "2017"}
    every_text = [said for html in cells.shown(edition.section(plan).notebook, given)["html"] for said in texts(html)]
    saying = [said for said in every_text if said.about == about and told in NUMBER.findall(said.text)]
    assert saying, f"{told} is said of {about or 'no figure'}"
    for said in saying:
        changed = replace(said, text=said.text.replace(told, untrue))
        assert untrue in numbers(changed, beside) - allowed(changed, beside)
