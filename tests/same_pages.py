"""Do two sets of pages say the same to a reader? python tests/same_pages.py BEFORE AFTER

Both are folders as `peel batch --out` makes them. Of each page that both hold, this compares what is seen and heard, in
its order: every text, figure number and alternative text, and where each link inside the page goes. Styles, classes and
the pictures' own bytes are left out. Ends with 1 where anything differs.
"""

import sys
from difflib import unified_diff
from pathlib import Path

from bs4 import BeautifulSoup, Tag

SILENT = ("style", "script", "head")
BLOCKS = ("p", "li", "figcaption", "summary", "caption", "dd", "dt", "h1", "h2", "h3", "h4", "th", "td", "img", "a")


def said(path: Path) -> list[str]:
    """Return what a page says: a line an element, with its text, blanks folded, or its alternative text or link."""
    page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    for silent in page.find_all(SILENT):
        silent.decompose()
    whole = " ".join(page.get_text(" ").split())
    return [*(_line(one) for one in page.find_all(BLOCKS)), f"all: {' '.join(whole.split())}"]


def _line(element: Tag) -> str:
    also = " ".join(str(element[name]) for name in ("alt", "href", "aria-label") if name in element.attrs)
    return f"{element.name}: {' '.join(element.get_text().split())} {also}".strip()


def main() -> int:
    """Compare the pages of two folders; return 1 where one says what the other does not."""
    before, after = (Path(folder) for folder in sys.argv[1:3])
    pages = sorted(
        path.relative_to(after) for path in after.glob("*/*/index.html") if (before / path.relative_to(after)).exists()
    )
    differing = 0
    for page in pages:
        one, other = said(before / page), said(after / page)
        lines = [
            line for line in unified_diff(one, other, lineterm="", n=0) if not line.startswith(("---", "+++", "@@"))
        ]
        differing += bool(lines)
        print(f"{page.parent}: {len(other)} elements, {'the same' if not lines else f'{len(lines)} lines differ'}")
        print("".join(f"  {line[:400]}\n" for line in lines[:12]), end="")
    print(f"{len(pages)} pages, {differing} differ")
    return int(bool(differing) or not pages)


if __name__ == "__main__":
    sys.exit(main())
