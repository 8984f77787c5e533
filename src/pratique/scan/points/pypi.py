"""Where code of an sdist or a wheel runs. Source: PEP 517, PEP 427, the documentation of Python's `site` module."""

from __future__ import annotations

import re
from collections.abc import Collection
from email.parser import BytesHeaderParser

from pratique.scan.findings import ExecutionPoint
from pratique.scan.points.contract import MAX_MANIFEST, Package, Read, mapping, texts, toml_manifest
from pratique.scan.seen import Dependency, Hook

_CUSTOMISERS = frozenset(("sitecustomize.py", "usercustomize.py"))
_FIELDS = (
    "Summary",
    "Home-page",
    "Description",
    "Author",
    "Author-email",
    "Maintainer",
    "Maintainer-email",
    "Project-URL",
)
_REQUIREMENT = re.compile(r"\s*([\w.-]{1,200})\s*(?:\[[^\]]{0,500}\])?\s*(.{0,500})", re.DOTALL)
_ATTRIBUTE = re.compile(r"attr:\s*([\w.]{1,200})")
_START_GROUPS = ("pytest11",)
"""Entry points that are loaded without anybody asking for them."""


def read_package(paths: Collection[str], read: Read) -> Package:
    """What an sdist builds itself with, and what a wheel has loaded at each start."""
    package = Package()
    where = "PKG-INFO" if "PKG-INFO" in paths else next((p for p in sorted(paths) if _is_metadata(p)), "")
    if where:
        _read_metadata(package, (read(where) or b"")[:MAX_MANIFEST])
    # A file that makes it look like a wheel keeps nobody from building an sdist.
    if {"PKG-INFO", "setup.py", "pyproject.toml"} & set(paths) or not any(_is_metadata(path) for path in paths):
        _read_build(package, paths, read)
    _starts(package, paths, read)
    return package


def _is_metadata(path: str) -> bool:
    return path.endswith(".dist-info/METADATA") and path.count("/") == 1


def _read_metadata(package: Package, content: bytes) -> None:
    try:
        headers = BytesHeaderParser().parsebytes(content)
        package.name, package.version = str(headers.get("Name", "")), str(headers.get("Version", ""))
        package.manifest = {key: [str(one) for one in headers.get_all(key, [])] for key in _FIELDS if key in headers}
        body = headers.get_payload()
        wanted = [str(one) for one in headers.get_all("Requires-Dist", [])]
    except (ValueError, LookupError, TypeError, AttributeError):
        package.manifest = {"unreadable": True}
        return
    if isinstance(body, str) and body.strip():
        package.manifest.setdefault("Description", [body])
    for key in ("Author", "Author-email", "Maintainer", "Maintainer-email"):
        package.people |= set(package.manifest.get(key, ()))
    for text in wanted:
        _depend(package, text, "optional" if "extra ==" in text else "run")


def _depend(package: Package, text: str, group: str) -> None:
    found = _REQUIREMENT.match(text)
    if found:
        package.dependencies.append(Dependency(found[1], found[2].strip(), group))


def _read_build(package: Package, paths: Collection[str], read: Read) -> None:
    if "setup.py" in paths:
        package.hooks_in("setup.py", ExecutionPoint.INSTALL, "setup.py")
    project = toml_manifest(read("pyproject.toml")) if "pyproject.toml" in paths else {}
    system, tool = mapping(project.get("build-system")), mapping(project.get("tool"))
    for text in texts(system.get("requires")):
        _depend(package, text, "build")
    package.manifest["build-backend"] = system.get("build-backend", "")
    for folder in texts(system.get("backend-path")):
        inside = _module(folder, str(system.get("build-backend", "")).partition(":")[0], paths)
        package.hooks.append(Hook("backend-path", ExecutionPoint.INSTALL, str(system.get("build-backend", "")), inside))
        if inside:
            package.runs(inside, ExecutionPoint.INSTALL)
    for path in _build_scripts(tool):
        if path in paths:
            package.hooks_in(path, ExecutionPoint.INSTALL, path)
    for config in ("setup.cfg", "pyproject.toml"):
        for name in _ATTRIBUTE.findall((read(config) or b"").decode("utf-8", "replace")) if config in paths else ():
            inside = _module("", name.rpartition(".")[0], paths) or _module("src", name.rpartition(".")[0], paths)
            if inside:
                package.hooks_in("attr", ExecutionPoint.INSTALL, inside)


def _build_scripts(tool: dict[str, object]) -> list[str]:
    """Scripts that hatchling, poetry and pdm run while they build."""
    hatch = mapping(mapping(mapping(tool.get("hatch")).get("build")).get("hooks"))
    hooks = [mapping(hatch.get("custom"))] if "custom" in hatch else []
    targets = mapping(mapping(mapping(tool.get("hatch")).get("build")).get("targets"))
    hooks += [
        custom for one in targets.values() if (custom := mapping(mapping(mapping(one).get("hooks")).get("custom")))
    ]
    found = [str(hook.get("path", "hatch_build.py")) for hook in hooks]
    for hook in mapping(mapping(mapping(tool.get("hatch")).get("metadata")).get("hooks")).values():
        found.append(str(mapping(hook).get("path", "hatch_build.py")))
    build = mapping(tool.get("poetry")).get("build")
    found += texts(build) + texts(mapping(build).get("script"))
    pdm = mapping(mapping(tool.get("pdm")).get("build"))
    return found + texts(pdm.get("custom-hook")) + ["pdm_build.py"] * ("pdm" in tool)


def _module(folder: str, dotted: str, paths: Collection[str]) -> str:
    """The file of a module below a folder, empty if the package has none."""
    stem = "/".join(part for part in (folder.strip("./"), dotted.replace(".", "/")) if part)
    return next((path for path in (f"{stem}.py", f"{stem}/__init__.py") if path in paths), "")


def _starts(package: Package, paths: Collection[str], read: Read) -> None:
    for path in paths:
        parts = path.split("/")
        name = parts[-1]
        in_data = len(parts) > 2 and parts[0].endswith(".data")
        top = len(parts) - (3 if in_data else 1)
        if name.endswith(".pth") and (top == 0 or in_data):
            package.hooks_in(".pth", ExecutionPoint.START, path)
        elif name in _CUSTOMISERS and (top == 0 or in_data):
            package.hooks_in(name, ExecutionPoint.START, path)
        elif name == "__init__.py" or (name.endswith(".py") and top == 0 and path != "setup.py"):
            package.runs(path, ExecutionPoint.START)
        elif name == "entry_points.txt":
            _plugins(package, paths, (read(path) or b"")[:MAX_MANIFEST].decode("utf-8", "replace"))


def _plugins(package: Package, paths: Collection[str], text: str) -> None:
    group = ""
    for line in text.splitlines()[:2000]:
        if line.startswith("["):
            group = line.strip().strip("[]")
        elif group in _START_GROUPS and "=" in line:
            inside = _module("", line.partition("=")[2].partition(":")[0].strip(), paths)
            if inside:
                package.hooks_in(group, ExecutionPoint.START, inside)
