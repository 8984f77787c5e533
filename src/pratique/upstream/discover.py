"""Prints where PyPI and the npm registry stand, as JSON, asking the libraries that know.

Run as a program of its own by `defaults`, so that the server never imports these libraries and this
repository never holds the addresses.
"""

from __future__ import annotations

import json
import sys
from urllib.parse import urlsplit

from packageurl.contrib.purl2url import get_download_url
from pypi_simple import PYPI_SIMPLE_ENDPOINT


def addresses() -> dict[str, str]:
    """Ecosystem to base URL, without a trailing slash."""
    npm = urlsplit(get_download_url("pkg:npm/x@1"))  # type: ignore[no-untyped-call]
    return {"npm": f"{npm.scheme}://{npm.netloc}", "pypi": PYPI_SIMPLE_ENDPOINT.rstrip("/")}


if __name__ == "__main__":
    json.dump(addresses(), sys.stdout)
