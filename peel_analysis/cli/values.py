"""The subcommands that print lists, values, verdicts and accounts, and what moved between two versions."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from peel_analysis.cli import (
    DONE,
    FORCE,
    FORCE_ID,
    MEASURE,
    MEASURE_OF_EITHER,
    check_workbooks,
    command,
    data_option,
    edition_option,
    folder_option,
    format_option,
    measure_option,
    option,
    returns_option,
    say,
    say_notice,
)
from peel_analysis.data.files import check_replaceable, data_folder

if TYPE_CHECKING:
    from peel_analysis.data.definitions import Measure
    from peel_analysis.data.edition import Edition
    from peel_analysis.data.folder import Data
    from peel_analysis.data.forces import Force

BINARY = ("parquet", "xlsx")  # formats of values that are no text


@command.command("forces", short_help="List the 43 forces: id, official name, region and other names.")
@folder_option()
def list_forces(data: Path | None) -> int:
    """List the 43 forces: id, official name, region and other names, with the years in which each was the name."""
    from peel_analysis.data.forces import FORCES, NAMES, read_forces  # and not all that a data folder holds: at once
    from peel_analysis.data.text import columns

    folder = data_folder(data)
    forces = read_forces(folder / FORCES, folder / NAMES)
    rows = [(one.id, one.official_name, one.region, "; ".join(name.words for name in one.aliases)) for one in forces]
    say("\n".join(columns(rows, right=())))
    return DONE


@command.command("measures", short_help="List the measures, and for how many forces each has a figure.")
@data_option
@click.pass_obj
def list_measures(data: "Data") -> int:
    """List the measures: what each is of, and for how many forces each edition has a figure, or why it has none."""
    from peel_analysis.reports.folder_check import measures_table

    say("\n".join(measures_table(data)))
    return DONE


@command.command("editions", short_help="List the editions: title, window, and what is held of each.")
@data_option
@click.pass_obj
def list_editions(data: "Data") -> int:
    """List the editions: title, window, and what is held of each: figures, findings, grades, releases."""
    from peel_analysis.reports.folder_check import editions_list

    say("\n".join(editions_list(data)))
    return DONE


@command.command()
@data_option
@returns_option
@edition_option
@option("--force", "force_id", type=FORCE_ID, help="One force, or england-and-wales.")
@measure_option
@format_option("csv", "json", *BINARY)
@option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a file instead; the metadata of a CSV file go beside it.",
    remedy="give the name of a file, such as values.csv in it",
)
@click.option("--columns", is_flag=True, help="Print what each column is, in Markdown, and no values.")
@option("--population", "vintage", metavar="VINTAGE", help="Another vintage of the mid-year populations.")
@click.option("--residents-only", is_flag=True, help="The City of London's residents alone.")
@click.option("--leave-out-incomplete", is_flag=True, help="England and Wales without incomplete records of outcomes.")
def values(
    edition: "Edition",
    force_id: str | None,
    measure: "Measure | None",
    format_: str,
    output: Path | None,
    columns: bool,
    leave_out_incomplete: bool,
    **otherwise: Any,
) -> int:
    """Print every value of an edition, or write them to a file.

    A workbook (xlsx) has a table a measure, and the rows of --force first in each.
    """
    from peel_analysis.show import values_dictionary

    if columns:
        say(values_dictionary.in_markdown(), end="")
        return DONE
    _check_values_output(format_, output)
    asked = (edition.without_incomplete() if leave_out_incomplete else edition).with_population(**otherwise)
    text = _values_as(format_, asked, [measure] if measure else None, force_id or "")
    if output is None:
        say(str(text), end="")
        return DONE
    from peel_analysis.data.writing import write_files

    beside = output.with_name(output.name + values_dictionary.METADATA)
    metadata = {beside: values_dictionary.metadata(output.name, asked)} if format_ == "csv" else {}
    write_files({output: text, **metadata})
    say(str(output))
    return DONE


def _check_values_output(format_: str, output: Path | None) -> None:
    """Raise InputError for a file that cannot be written, a format that no terminal shows, and a missing extra."""
    from peel_analysis.data.errors import InputError

    if format_ in BINARY and output is None:
        raise InputError(f"--format {format_}: not for a terminal; name a file, as --output values.{format_}")
    if format_ == "xlsx":
        check_workbooks("--format xlsx")
    if output is not None:
        check_replaceable(output, f"--output {output}")


def _values_as(format_: str, edition: "Edition", chosen: "list[Measure] | None", force_id: str) -> str | bytes:
    """Return the values of an edition in a format: some measures' where they are chosen, one force's if one is."""
    from peel_analysis.data.forces import ENGLAND_AND_WALES
    from peel_analysis.measures import calculate_all
    from peel_analysis.show import values as value_table

    results = calculate_all(edition, chosen)
    if format_ == "xlsx":
        from peel_analysis.reports.workbook import workbook_of

        return workbook_of(edition, results, "" if force_id == ENGLAND_AND_WALES else force_id)
    rows = value_table.of_results(results)
    if force_id:
        rows = rows[rows["force_id"] == force_id]
    if format_ == "parquet":
        return value_table.as_parquet(rows, edition)
    return value_table.as_csv(rows) if format_ == "csv" else value_table.as_json(rows)


@command.command(short_help="Print every force's verdict with each test's numbers.")
@data_option
@returns_option
@edition_option
@option("--force", type=FORCE, help="One force.")
@measure_option
def verdicts(edition: "Edition", force: "Force | None", measure: "Measure | None") -> int:
    """Print every force's verdict with each test's numbers, as one CSV table.

    Any verdict can be worked out again from its line, by the rules that `peel policy` prints.
    """
    from peel_analysis.comparison.verdicts import verdict_lines
    from peel_analysis.measures import calculate_all

    results = calculate_all(edition, [measure] if measure else None)
    say("\n".join(verdict_lines(results, [force.id] if force else edition.forces.ids)))
    return DONE


@command.command(short_help="Print the rules of what is called higher, lower or similar.")
@data_option
@returns_option
@edition_option
@measure_option
def policy(edition: "Edition", measure: "Measure | None") -> int:
    """Print the rules by which figures are called higher, lower or similar, and how many of an edition's are.

    That is the wording policy, with its version, and how many figures outside their limits are to be expected of
    chance, and are found.
    """
    from peel_analysis.comparison.verdicts import flags_in_words
    from peel_analysis.data.text import paragraph
    from peel_analysis.measures import calculate_all

    told, results = edition.data.policy, calculate_all(edition, [measure] if measure else None)
    rules = [line for one in told.sentences() for line in paragraph(one)]
    found = [line for one in flags_in_words(results) if one for line in paragraph(one)]
    of = f"{edition.title}, {measure.title}" if measure else edition.title
    say("\n".join([f"{told.label}; settings {told.settings_version}", *rules, "", of, *found]))
    return DONE


@command.command()
@click.argument("measure", metavar="MEASURE", type=MEASURE)
@click.argument("force_id", metavar="FORCE", type=FORCE_ID)
@data_option
@returns_option
@edition_option
def why(measure: "Measure", force_id: str, edition: "Edition") -> int:
    """Print the full account of one number.

    MEASURE is a measure by its id or its title, such as crime_per_1000 or 'Recorded crime'; FORCE a force by any name,
    or england-and-wales.
    """
    from peel_analysis.why import account

    say(account(measure, force_id, edition), end="")
    return DONE


@command.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@data_option
@returns_option
@option("--measure", type=MEASURE_OF_EITHER, help="One measure, by its id or its title.")
@format_option("table", "csv", "changelog")
@option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a page that leads with what moved most.",
    remedy="give the name of a file, such as changes.html in it",
)
@click.option("--all", "every", is_flag=True, help="Every row that moved, not only the biggest moves.")
@click.pass_obj
def changes(data: "Data", a: str, b: str, measure: str | None, format_: str, html: Path | None, every: bool) -> int:
    """Say what moved from A to B, and why.

    A and B are each an edition (2017), one with settings (2017@population=2018-revised), a build folder or a values
    file. Settings, with commas between: window=2018-03-31 (the crime windows' last day), window.NAME=DATE,
    population=VINTAGE, mid_year=YEAR, residents-only, leave-out-incomplete, ITEM=RELEASE
    (recorded_crime=2017-18-older), data=FOLDER.
    """
    from peel_analysis.changes import changes_between, open_version, output
    from peel_analysis.data.writing import write_text

    if html:
        check_replaceable(html, f"--html {html}")
    found = changes_between(open_version(a, data), open_version(b, data), [measure] if measure else None)
    if found.data is not data:
        say_notice(found.data)
    if html:
        write_text(html, output.as_page(found))
        say(str(html), file=sys.stderr)
    if format_ == "table":
        say(output.text_table(found, every=every), end="")
    else:
        say(output.as_csv(found) if format_ == "csv" else output.as_changelog(found), end="")
    return DONE
