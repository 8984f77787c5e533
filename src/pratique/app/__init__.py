"""The only place where parts are wired: settings in, ports and jobs out."""

from __future__ import annotations

from pratique.app.foundations import ECOSYSTEMS, advisory_sources, folder_clock, node_of, open_blobs, open_database
from pratique.app.job_table import job_kinds, job_timers
from pratique.app.prepared import prepare
from pratique.app.wiring import RENDERER, open_ports

__all__ = [
    "ECOSYSTEMS",
    "RENDERER",
    "advisory_sources",
    "folder_clock",
    "job_kinds",
    "job_timers",
    "node_of",
    "open_blobs",
    "open_database",
    "open_ports",
    "prepare",
]
