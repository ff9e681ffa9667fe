"""Every number in every generated sentence is found in values.csv, for all 43 forces and all measures.

What counts as found, and nothing else does:
- the shown form of a value of the same measure: rounded half up from the text of values.csv to the measure's decimals;
- the shown form of the middle of the forces or of an end of their middle half, which the values.csv beside a report
  holds as rows of their own;
- the gap to England and Wales and its percentage, as the row has them, without their signs;
- a count of the same row, where the sentence gives counts ("12 of the 27");
- a number that is part of the unit's name ("per 1,000 population"), of the period's name ("12 months to 30 June 2017"),
  or of a sentence that is quoted verbatim: the row's own note and comparator_note, or a reason of a register;
- in a footnote also: members of England and Wales of the 43 forces, the forces that it counts, the comparator's year.
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import pytest
from tracing import NUMBER, Row, gaps, shown, whole, without

from peel_analysis import measures
from peel_analysis.data import definitions
from peel_analysis.data.folder import open_data
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.periods import Period
from peel_analysis.figures import ranked
from peel_analysis.measures import Measure, Result
from peel_analysis.reports import values_file
from peel_analysis.show import values
from peel_analysis.show import words as wording
from peel_analysis.show.footnotes import footnotes

EDITIONS = ("2017", "2019", "2025")
JUDGMENT_WORDS = re.compile(r"\b(high|low|good|bad|best|worst|better|worse)\b", re.IGNORECASE)
LEVEL = "95%"  # of an interval in a sentence


@dataclass(frozen=True)
class Values:
    """The text of an edition's values.csv by measure and force, and the sentences made from the same results."""

    rows: dict[tuple[str, str], Row]
    middles: dict[str, set[str]]
    results: dict[str, Result]
    readings: dict[tuple[str, str], str]


@pytest.fixture(scope="module", params=EDITIONS)
def given(request: pytest.FixtureRequest) -> Values:
    edition = open_data().edition(request.param)
    told = [measure for measure in open_data().measures if measure.kind != "survey"]
    text = values.as_csv(values.values(edition, told))
    rows = {(row["measure"], row["force_id"]): row for row in csv.DictReader(io.StringIO(text))}
    results = {measure.id: measures.calculate(measure, edition) for measure in told}
    middles: dict[str, set[str]] = {measure.id: set() for measure in told}
    for row in values_file.medians(results.values()):
        middles[row["part_of"]].add(str(row["value"]))
    return Values(rows, middles, results, {key: wording.reading(results[key[0]], key[1]) for key in rows})


def both_ends(result: Result) -> list[str]:
    """Return what the edition's file says of the tables of both years, which a sentence quotes."""
    return [one.words for one in result.edition.settings.both_ends.values()]


def quoted(row: Row) -> list[str]:
    """Return what a sentence may quote word for word, the longest first."""
    policy = open_data().policy
    sentences = [
        row["note"],
        row["comparator_note"],
        row["same_release_note"],
        *(block.reason for block in open_data().blocks),
    ]
    return sorted(filter(None, (*sentences, *policy.no_verdict.values())), key=len, reverse=True)


def windows(result: Result) -> list[str]:
    below = result.edition.window(definitions.below(result.measure))  # the day on which officers are counted
    named = (result.window, result.comparator_window, result.earlier_window, below)
    return [one.words for one in named if isinstance(one, Period)]


def left_over(sentence: str, result: Result, quotations: Iterable[str]) -> list[str]:
    """Return the numbers of a sentence outside quotations and the names of periods and units."""
    names = [*windows(result), result.measure.title, result.measure.unit, result.measure.unit.split(" ", 1)[-1]]
    return NUMBER.findall(without(sentence, (*quotations, *names)))


def of_unit(measure: Measure) -> set[str]:
    """Return the numbers in the unit's own name: "arrests per 100 domestic abuse-related offences" has 100."""
    return set(NUMBER.findall(measure.unit))


def test_every_number_in_every_reading_is_in_values_csv(given: Values) -> None:
    told = 0
    for (measure_id, force_id), row in given.rows.items():
        result = given.results[measure_id]
        measure, national = result.measure, given.rows[measure_id, ENGLAND_AND_WALES]
        sentence = given.readings[measure_id, force_id]
        found = left_over(sentence, result, [*quoted(row), national["note"], *both_ends(result)])
        allowed = shown(measure, row["value"]) | shown(measure, row["comparator_value"]) | of_unit(measure)
        allowed |= shown(measure, row["same_release_value"])
        allowed |= shown(measure, national["value"]) | gaps(row)
        allowed |= {form for middle in given.middles[measure_id] for form in shown(measure, middle)}
        if measure.kind == "cases":
            allowed |= whole(row["numerator"]) | whole(row["denominator"])
        if row["standardised_value"]:
            of_mix = ("value", "lower_95", "upper_95")
            allowed |= {LEVEL}.union(*(shown(measure, row[f"standardised_{name}"]) for name in of_mix))
        assert set(found) <= allowed, (sentence, set(found) - allowed)
        told += len(found)
    assert told > 300, "the sentences give numbers at all"


def test_each_number_stands_for_what_the_sentence_says_it_is(given: Values) -> None:
    """The number after "England and Wales" is that of its row, and the one after "it was" is the comparator's."""
    against = re.compile(r"the England and Wales (?:rate|figure|change) of ([+-]?[\d,.]*\d%?)")
    earlier = re.compile(r"[IA][ns] [^.]*? it was ([+-]?[\d,.]*\d%?)")
    checked = 0
    for (measure_id, force_id), row in given.rows.items():
        result = given.results[measure_id]
        sentence = given.readings[measure_id, force_id]
        if given_national := against.search(sentence):
            assert given_national[1] in shown(result.measure, given.rows[measure_id, ENGLAND_AND_WALES]["value"])
            checked += 1
        if given_earlier := earlier.search(sentence):
            assert given_earlier[1] in shown(result.measure, row["comparator_value"]), sentence
            checked += 1
        if row["value"] and result.measure.kind != "cases":
            opening = sentence.split(". ")[0]
            own = {one.lstrip("+") for one in shown(result.measure, row["value"])}
            unchanged = result.measure.kind == "change" and "did not change" in opening
            assert unchanged or any(one in opening for one in own), sentence
    assert checked > 150


def test_every_number_in_every_footnote_is_in_values_csv(given: Values) -> None:
    for measure_id, result in given.results.items():
        mine = [row for (one, _), row in given.rows.items() if one == measure_id]
        notes = {row[name] for row in mine for name in ("note", "comparator_note", "same_release_note")}
        notes |= {open_data().forces.official_name(row["force_id"]) for row in mine}
        notes |= {result.measure.window_note, result.measure.numerator.version}
        unnamed = {
            note[:1].upper() + note[1:]
            for row in mine
            for name in ("note", "comparator_note", "same_release_note")
            for note in (row[name].replace(open_data().forces.official_name(row["force_id"]), "each force"),)
        }
        changes = [measure for measure in open_data().measures if measure.kind == "change"]
        releases = {row["release"] for one in changes for row in result.edition.sources(one.sources)}
        releases |= {row["title"] for one in changes for row in result.edition.sources(one.sources)}
        releases |= {one.title for one in changes}
        earlier = result.edition.settings.population.earlier
        people = {f"mid-{result.comparator_mid_year}", earlier.sentence if earlier else "", *both_ends(result)}
        for footnote in footnotes(result):
            parts = sorted(filter(None, notes | unnamed | releases | people), key=len, reverse=True)
            found = left_over(footnote.sentence, result, parts)
            allowed = {mine[0]["members"], "43", mine[0]["comparator_period_end"][:4], str(len(footnote.force_ids))}
            assert set(found) <= allowed, footnote


def test_every_number_in_every_alternative_text_is_in_values_csv(given: Values) -> None:
    for measure_id, result in given.results.items():
        if result.plotted.empty:
            continue
        everyone = {
            one: shown(result.measure, row["value"]) for (name, one), row in given.rows.items() if name == measure_id
        }
        for force_id in open_data().forces.ids:
            text = ranked.alt_text(result, (force_id,))
            found = set(left_over(text, result, [])) - {str(len(result.plotted))}
            assert found <= set().union(*everyone.values()), text
            if own := re.search(rf"{open_data().forces.official_name(force_id)}: ([^ ]+)\.", text):
                assert own[1] in everyone[force_id], text
            if whole_value := re.search(r"England and Wales: ([^ ]+)\.", text):
                assert whole_value[1] in everyone[ENGLAND_AND_WALES], text


def test_no_sentence_holds_a_word_of_judgment(given: Values) -> None:
    said = list(given.readings.values())
    for result in given.results.values():
        said += [wording.caption(result), *(note.sentence for note in footnotes(result))]
        said += [ranked.alt_text(result, ("norfolk",))] if "norfolk" in result.plotted.index else []
    assert [sentence for sentence in said if JUDGMENT_WORDS.search(sentence)] == []


def test_no_sentence_says_that_a_figure_is_higher_than_itself(given: Values) -> None:
    compared = re.compile(r"This is (?:notably )?(higher|lower) than the .*? of ([+-]?[\d,]*(?:\.\d+)?%?)[. ]")
    found = 0
    for (measure_id, force_id), sentence in given.readings.items():
        measure, words = given.results[measure_id].measure, compared.search(sentence)
        if not words:
            continue
        found += 1
        cells = (given.rows[measure_id, name]["value"] for name in (force_id, ENGLAND_AND_WALES))
        own, national = (Decimal(cell).quantize(Decimal(1).scaleb(-measure.decimals), ROUND_HALF_UP) for cell in cells)
        assert own != national, sentence
        assert (own > national) == (words[1] == "higher"), sentence
    assert found > 20
