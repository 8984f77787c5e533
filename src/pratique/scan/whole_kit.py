"""The kit with every detector there is: each module in `detectors` that has an id."""

from __future__ import annotations

import importlib
import pkgutil

from pratique.scan import detectors
from pratique.scan.detectors.contract import detector_of
from pratique.scan.kit import Kit
from pratique.scan.layers import peel
from pratique.scan.reading.deeds import deeds_of


def whole_kit() -> Kit:
    """Load everything that looks."""
    names = sorted(module.name for module in pkgutil.iter_modules(detectors.__path__))
    modules = [importlib.import_module(f"{detectors.__name__}.{name}") for name in names]
    return Kit(tuple(detector_of(module) for module in modules if hasattr(module, "ID")), peel, deeds_of)
