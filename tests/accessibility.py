"""What axe finds wrong with a page in the browser."""

from typing import Any

# Of rows of a table or a list that are alike but for words, addresses and lengths of bars, this many are looked at: axe
# takes two milliseconds for each element, and most of a page are rows of 43 forces.
ROWS_ALIKE = 3
UNFOLD = "document.querySelectorAll('details').forEach(one => one.open = true)"
MARK_THE_REST = """few => {
    const words = / (?:id|href|title|aria-label|aria-labelledby|aria-describedby|headers|data-[a-z-]+)="[^"]*"/g;
    const places = style => style.replace(/([:/])[\\d.]+/g, '$1');
    for (const group of document.querySelectorAll('tbody, ul, ol, dl')) {
        const alike = {};
        for (const row of group.children) {
            const look = row.outerHTML.replace(/>[^<]+</g, '><').replace(words, '').replace(/style="[^"]*"/g, places);
            alike[look] = (alike[look] || 0) + 1;
            row.toggleAttribute('data-like-others', alike[look] > few);
        }
    }
}"""


def violations(tab: Any) -> list[str]:
    """Unfold a page and return what axe finds wrong with it, each as its rule and where it is first."""
    from axe_playwright_python.sync_playwright import Axe

    tab.evaluate(UNFOLD)
    tab.evaluate(MARK_THE_REST, ROWS_ALIKE)
    found = Axe().run(tab, context={"exclude": [["[data-like-others]"]]}).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
