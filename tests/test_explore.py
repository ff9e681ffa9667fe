"""The playground runs from its first cell to its last in every edition, for Norfolk and for the City of London."""

import json

import pytest
from run_cells import shown

import peel_analysis as peel
from peel_analysis.data.files import PROJECT

EXPLORE = PROJECT / "notebooks" / "explore.ipynb"


@pytest.mark.parametrize("force", ["norfolk", "city-of-london"])
@pytest.mark.parametrize("edition", peel.editions())
def test_every_cell_runs(force: str, edition: str) -> None:
    last = shown(EXPLORE, force=force, edition=edition)
    for cell, one in last.items():
        if hasattr(one, "_repr_html_"):
            assert one._repr_html_().strip(), cell
    drawn = [one for one in last.values() if isinstance(one, peel.Figure)]
    assert len(drawn) == 6, "bars twice, forces compared, a funnel and two lines"
    assert all(20 <= len(one.alt_text) <= 600 for one in drawn)
    grey = [line for line in drawn[-1].axes[0].lines if not str(line.get_gid()).startswith("line-")]
    limits = last["explore-24"]
    assert len(grey) == 3 * len(limits), "the mean and two control limits"
    assert len(limits) == (0 if edition == "2017" else 1), "10 quarters since the last break are too few"
    vintages = last["explore-26"]
    assert len(vintages) == 44
    assert bool((vintages == 0).all()) == (edition == "2025"), "no second vintage of mid-2024 is held"


def test_it_uses_the_face_only() -> None:
    cells = json.loads(EXPLORE.read_text(encoding="utf-8"))["cells"]
    source = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    assert [line for line in source.splitlines() if "import" in line] == ["import peel_analysis as peel"]
