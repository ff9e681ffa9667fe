"""What changed from each edition to the next: a page a pair, as `peel changes` tells it, and their list."""

from itertools import pairwise

from peel_analysis.changes import changes_between, open_version
from peel_analysis.changes.output import PAGE, on_page
from peel_analysis.site.page import CHANGES, Files, Site


def changes_pages(site: Site) -> Files:
    """Yield a page for each two neighbouring editions of the data folder, and the list of these pages."""
    listed = []
    for earlier, later in pairwise(site.data.editions):
        a, b = (open_version(one, site.data) for one in (earlier, later))
        path, shown = f"changes/{earlier}-to-{later}.html", on_page(changes_between(a, b))
        listed.append((path, shown["title"], shown["summary"]))
        yield path, site.page(PAGE, path, None, **shown)
    yield CHANGES, site.page("changed.html.j2", CHANGES, listed=listed)
