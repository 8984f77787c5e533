"""The upstreams of a fresh install: where the public registries stand."""

from __future__ import annotations

import subprocess
import sys

import msgspec

from pratique.core.errors import Unavailable
from pratique.upstream.locations import read_upstream_url

_PATIENCE = 60.0


def discover_defaults() -> dict[str, str]:
    """Ecosystem to the base URL of its public registry, for `npm` and `pypi`.

    Takes a second: a program of its own asks the libraries that know. Meant for the first start, which
    writes them into the settings.

    Raises:
        Unavailable: the libraries are not there; the sentence tells what to write into the settings.
    """
    command = [sys.executable, "-I", "-m", "pratique.upstream.discover"]
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=_PATIENCE)  # noqa: S603 - fixed words
        found = msgspec.json.decode(done.stdout, type=dict[str, str])
        return {ecosystem: str(read_upstream_url(url)) for ecosystem, url in found.items()}
    except (OSError, subprocess.SubprocessError, msgspec.DecodeError) as error:
        raise Unavailable(
            "the addresses of PyPI and the npm registry could not be found out "
            f"({type(error).__name__}); write them under upstreams in the settings, or install pratique again"
        ) from error
