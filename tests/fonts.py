"""The fonts that a reader may have: a drawing holds in each."""

from collections.abc import Iterator

import pytest
from matplotlib.font_manager import findfont

from peel_analysis.figures.style import SETTINGS, _settings


@pytest.fixture(params=["Liberation Sans", "DejaVu Sans"])
def font(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Draw in one of the fonts that a reader may have: the one as wide as Arial, and the wide one of last resort."""
    try:
        findfont(request.param, fallback_to_default=False)
    except ValueError:
        pytest.skip(f"{request.param} is not here")
    monkeypatch.setitem(SETTINGS, "font.sans-serif", [request.param])
    _settings.cache_clear()
    yield
    _settings.cache_clear()
