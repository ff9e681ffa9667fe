"""Until every caller is handed a data folder."""

from peel_analysis.data.folder import open_data
from peel_analysis.data.settings import PUBLISHED_FILES, PublishedFile

WHERE = f"data/{PUBLISHED_FILES}"


def published_files() -> tuple[PublishedFile, ...]:
    """Return the published files of the data folder in use."""
    return open_data().published_files.files


def words_for_added(format_name: str) -> dict[str, str]:
    """Return what provenance says of an added file."""
    return open_data().published_files.words_for(format_name)
