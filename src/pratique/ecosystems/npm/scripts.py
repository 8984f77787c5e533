"""Where an npm package runs code while it is being installed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

INSTALL_SCRIPTS = ("install", "postinstall", "preinstall")


def execution_points(package: Mapping[str, Any], *, has_binding_gyp: bool = False) -> tuple[str, ...]:
    """The install scripts of a package.json or of a packument's version, sorted.

    Args:
        package: with `scripts`, and in a packument perhaps `gypfile` and `hasInstallScript`.
        has_binding_gyp: the artefact has a `binding.gyp` beside its package.json.

    Returns:
        Names of scripts; a native build that npm starts by itself counts as `install`.

    Source: @npmcli/arborist, lib/install-scripts.js: without `install` and `preinstall`, npm runs
    `node-gyp rebuild` where it finds a binding.gyp, unless `gypfile` is false.
    """
    scripts = package.get("scripts")
    found = {name for name in INSTALL_SCRIPTS if scripts.get(name)} if isinstance(scripts, Mapping) else set()
    builds = has_binding_gyp or package.get("gypfile") is True
    if builds and package.get("gypfile") is not False and not found & {"install", "preinstall"}:
        found.add("install")
    if package.get("hasInstallScript") is True and not found:
        found.add("install")
    return tuple(sorted(found))
