"""The upstream of the bench, a process of its own: `python -m bench.serving.upstream PORT PROJECTS SEED [CORPUS]`."""

from __future__ import annotations

import html
import json
import sys
from functools import lru_cache
from pathlib import Path

from aiohttp import web
from bench.serving import packages

_JSON = "application/vnd.pypi.simple.v1+json"


def make_upstream(url: str, catalogue: packages.Catalogue) -> web.Application:
    """An application that speaks as much npm and Python index as caching servers ask for."""

    @lru_cache(maxsize=64)
    def document(name: str) -> bytes | None:
        if name in catalogue.given:
            return json.dumps(catalogue.given[name]).encode()
        if name.partition("-")[0] in packages.RELEASES:
            return packages.packument(name, url, catalogue.seed)
        return None

    async def npm(request: web.Request) -> web.Response:
        body = document(request.match_info["name"])
        return web.json_response(body=body) if body is not None else web.json_response({"error": "none"}, status=404)

    async def tarball(request: web.Request) -> web.Response:
        name, filename = request.match_info["name"], request.match_info["file"]
        version = filename.removeprefix(f"{name}-").removesuffix(".tgz")
        return web.Response(body=packages.npm_file(name, version, catalogue.seed))

    async def index(request: web.Request) -> web.Response:
        projects = {"meta": {"api-version": "1.1"}, "projects": [{"name": name} for name in packages.PAGES]}
        return _answer(request, projects, [(name, f"{name}/") for name in packages.PAGES])

    async def page(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in packages.PAGES:
            return web.Response(status=404)
        made = packages.python_page(name, url)
        return _answer(
            request, made, [(f["filename"], f"{f['url']}#sha256={f['hashes']['sha256']}") for f in made["files"]]
        )

    async def wheel(request: web.Request) -> web.Response:
        name, version = request.match_info["name"], request.match_info["file"].split("-")[1]
        return web.Response(body=packages.wheel(name, version)[1])

    application = web.Application()
    application.add_routes(
        [
            web.get("/npm/{name}", npm),
            web.get("/npm/{name}/-/{file}", tarball),
            web.get("/pypi/simple/", index),
            web.get("/pypi/simple/{name}/", page),
            web.get("/pypi/files/{name}/{file}", wheel),
        ]
    )
    return application


def _answer(request: web.Request, document: object, links: list[tuple[str, str]]) -> web.Response:
    """JSON to whoever takes it, else the older HTML form."""
    if _JSON in request.headers.get("Accept", ""):
        return web.Response(body=json.dumps(document).encode(), headers={"Content-Type": _JSON})
    anchors = "".join(f'<a href="{html.escape(to)}">{html.escape(text)}</a><br>\n' for text, to in links)
    return web.Response(text=f"<!DOCTYPE html><html><body>{anchors}</body></html>", content_type="text/html")


def main() -> None:
    """Serve until ended."""
    port, projects, seed = map(int, sys.argv[1:4])
    given = packages.read_corpus(Path(sys.argv[4]) if len(sys.argv) > 4 else None)
    application = make_upstream(f"http://127.0.0.1:{port}", packages.Catalogue(projects, seed, given))
    web.run_app(application, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main()
