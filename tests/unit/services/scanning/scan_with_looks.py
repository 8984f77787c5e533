"""A node's scanner with other detectors: `main LOOKS IDLE SETUP FOLDER`."""

from __future__ import annotations

import sys

from pratique.cli import scan_child


def main() -> None:
    """As `scan_child.main`, with the detectors that the first argument names."""
    looks = sys.argv.pop(1)
    scan_child.DETECTORS = looks
    scan_child.main()
