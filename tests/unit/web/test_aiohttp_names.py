"""What our connections use of aiohttp without being promised it: another release may call it otherwise."""

import ast
import asyncio
import inspect
import tomllib
from collections import deque
from importlib import metadata
from pathlib import Path

from aiohttp import web
from aiohttp.web_protocol import RequestHandler
from packaging.requirements import Requirement

from pratique.web import connections

ROOT = Path(__file__).parents[3]

OF_A_CONNECTION = {
    "_close",
    "_force_close",
    "_keepalive_timeout",
    "_loop",
    "_messages",
    "_next_keepalive_close_time",
    "_paused",
    "_request_count",
    "_request_in_progress",
    "_waiter",
}
OF_A_SERVER = {"_kwargs", "_loop"}
OF_A_RUNNER = {"_kwargs", "_make_server"}
"""`_kwargs` of the server that it makes."""


def private_names_of(kind: type, base: type) -> set[str]:
    """Private names that a class of ours uses and does not make itself."""
    tree = ast.parse(inspect.getsource(kind))
    used = {one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute) and one.attr.startswith("_")}
    made = {name for name in vars(kind) if name not in dir(base)}
    assigned = {
        one.attr
        for init in ast.walk(tree)
        if isinstance(init, ast.FunctionDef) and init.name == "__init__"
        for one in ast.walk(init)
        if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store)
    }
    return {name for name in used if not name.startswith("__")} - made - assigned


def test_the_names_below_are_all_that_is_used() -> None:
    assert private_names_of(connections.Connection, RequestHandler) == OF_A_CONNECTION
    assert private_names_of(connections.Doorway, web.Server) == OF_A_SERVER
    assert private_names_of(connections.Runner, web.AppRunner) == OF_A_RUNNER


async def test_aiohttp_has_what_our_connections_rely_on() -> None:
    async def nothing(_request: web.BaseRequest) -> web.StreamResponse:
        return web.Response()

    server = web.Server(nothing)
    fresh = RequestHandler(server, loop=asyncio.get_running_loop())
    found = {name: getattr(fresh, name, "nothing of that name") for name in OF_A_CONNECTION - {"_loop"}}
    assert found == {
        "_close": False,
        "_force_close": False,
        "_keepalive_timeout": 3630,
        "_messages": deque(),
        "_next_keepalive_close_time": 0.0,
        "_paused": False,
        "_request_count": 0,
        "_request_in_progress": False,
        "_waiter": None,
    }
    assert fresh._loop is server._loop is asyncio.get_running_loop()
    assert server._kwargs == {}
    assert inspect.iscoroutinefunction(web.AppRunner._make_server)
    assert web.Request._match_info is None


def test_no_release_of_aiohttp_is_taken_whose_names_nobody_has_looked_at() -> None:
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    aiohttp = next(one for one in map(Requirement, stated) if one.name == "aiohttp")

    assert aiohttp.specifier.contains(metadata.version("aiohttp"))
    assert not aiohttp.specifier.contains("3.15.0")
    assert not aiohttp.specifier.contains("4.0.0")
