"""Until every caller is handed a data folder."""

from pathlib import Path

from peel_analysis.data.files import toml_of
from peel_analysis.data.folder import open_data
from peel_analysis.data.policy import POLICY_FILE, Policy, policy_in


def read_policy(path: Path | None = None) -> Policy:
    """Return the policy of the data folder in use, or of a file."""
    return policy_in(toml_of(path, POLICY_FILE)) if path else open_data().policy
