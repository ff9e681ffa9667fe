"""`python -m peel_analysis.cli` is `peel`."""

import sys

from peel_analysis.cli import main

if __name__ == "__main__":
    sys.exit(main())
