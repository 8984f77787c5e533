"""The largest document that people install from every day: what deciding, writing and compressing it costs."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from tests.harness.plain_registry import PlainRegistry
from tests.harness.server import Answer

from pratique.app import open_ports, prepare
from pratique.core.actors import NOBODY
from pratique.services.installing.render import Wanted, render
from pratique.services.judging.find_project import find_project
from pratique.services.visits import visit_repository
from pratique.settings import load_settings
from pratique.settings.folder import DataFolder
from pratique.upstream.defaults import discover_defaults


def fetched(cache: Path, notes: list[str]) -> dict[str, object] | None:
    """Webpack's document, from the npm registry the first time; None, and a note, if it cannot be had."""
    path = cache / "webpack.json.gz"
    if not path.is_file():
        try:
            content = _get(discover_defaults()["npm"] + "/webpack")
        except Exception as error:  # noqa: BLE001 - whatever keeps it away, the rest can be measured
            notes.append(
                f"webpack's document cannot be fetched, so its rendering is not measured: {type(error).__name__}"
            )
            return None
        cache.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content, 6))
    document: dict[str, object] = json.loads(gzip.decompress(path.read_bytes()))
    return document


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=60) as answer:
        body: bytes = answer.read()
        return body


@contextmanager
def serving(document: dict[str, object]) -> Iterator[str]:
    """An upstream that has just this document; the settings that name it."""
    with PlainRegistry() as registry:
        body = json.dumps(document).encode()
        registry.instead["webpack"] = Answer(200, "", {"Content-Type": "application/json"}, body)
        yield registry.settings


async def render_cpu_ms(folder: Path, settings: str, form: str, times: int) -> tuple[float, str]:
    """Median CPU milliseconds to decide on all of its files, write the listing and gzip it; a sentence for people.

    Args:
        folder: an empty place for a server's data.
        settings: TOML that names the upstream.
        form: `abbreviated`, which npm installs by, or `full`.
        times: how often it is done.
    """
    data = DataFolder(folder)
    data.root.mkdir(mode=0o700, parents=True)
    data.settings_file.write_text(settings)
    data.create()
    read = load_settings(data.settings_file, {})
    await asyncio.to_thread(prepare, data, read)
    async with open_ports(data, read) as ports:
        visit = await visit_repository(ports, "main", "npm", NOBODY)
        wanted = Wanted(form, "gzip", ports.base_urls(visit.repository.name, visit.ecosystem.id))
        took, size, files = [], 0, 0
        for _ in range(times):
            found = await find_project(ports, visit, visit.key("webpack"))
            began = time.thread_time()
            view, listing = render(visit, found.inquiry, found.source, wanted)
            took.append((time.thread_time() - began) * 1_000)
            size, files = view.size, len(listing.decisions)
    return median(took), f"webpack: {files} files, {size / 1e6:.2f} MB compressed in the {form} form"
