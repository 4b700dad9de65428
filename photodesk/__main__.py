"""`python -m photodesk` and the `photodesk` script."""

from __future__ import annotations

import sys

from photodesk.app.entry import main as entry


def main() -> None:
    """Run and exit."""
    sys.exit(entry())


if __name__ == "__main__":
    main()
