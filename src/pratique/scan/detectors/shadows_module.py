"""Modules that take the place of others: of Python's own, of well-known ones, of commands."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from pratique.scan.detectors.contract import Wants
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity, excerpt_of
from pratique.scan.seen import Artefact

ID = "shadows-module"
VERSION = 1
WANTS = Wants(ecosystems=frozenset(("pypi", "npm")))

_WELL_KNOWN = frozenset(
    (
        "requests",
        "numpy",
        "pandas",
        "django",
        "flask",
        "boto3",
        "botocore",
        "urllib3",
        "setuptools",
        "pip",
        "yaml",
        "six",
        "cryptography",
        "certifi",
        "idna",
        "click",
        "jinja2",
        "sqlalchemy",
        "pydantic",
        "aiohttp",
        "httpx",
        "openai",
        "torch",
    )
)
"""Import names that many programs have; whoever ships one under another name is loaded instead."""

_BACKPORTS = frozenset(
    ("test", "tests", "site", "this", "typing", "enum", "dataclasses", "contextvars", "asyncio", "statistics")
)
_BACKPORT_WORDS = (
    "backport",
    "stdlib",
    "legacy",
    "python",
    "setuptools",
    "importlib",
    "future",
    "pyodide",
    "compat",
    "standard",
)
_COMMANDS = frozenset(
    (
        "ls",
        "cd",
        "cat",
        "sudo",
        "ssh",
        "git",
        "npm",
        "npx",
        "node",
        "python",
        "python3",
        "pip",
        "curl",
        "docker",
        "kubectl",
        "aws",
        "gh",
        "bash",
        "sh",
        "make",
        "cargo",
        "yarn",
        "pnpm",
    )
)


def judge(artefact: Artefact) -> Iterator[Finding]:
    """A module or command of this package that others would be given instead of the one they mean."""
    own = artefact.name.lower().replace("-", "_").replace(".", "_")
    if artefact.ecosystem == "pypi":
        for name in sorted(_top_modules(artefact)):
            if name in sys.stdlib_module_names and name not in _BACKPORTS and not _is_backport(own, name):
                yield _finding(name, Severity.HIGH, f"Ships a module named {name}, which is one of Python's own")
            elif (
                name in _WELL_KNOWN
                and name not in own
                and not own.startswith(("py" + name,))
                and not name.startswith(own)
            ):
                yield _finding(name, Severity.HIGH, f"Ships a module named {name}, which belongs to another project")
    elif artefact.ecosystem == "npm":
        bins = artefact.manifest.get("bin")
        for name in sorted(bins) if isinstance(bins, dict) else ():
            if name in _COMMANDS and name not in artefact.name:
                yield _finding(str(name), Severity.HIGH, f"Installs a command named {name}, which is another's")


def _is_backport(own: str, name: str) -> bool:
    return name in own or any(word in own for word in _BACKPORT_WORDS)


def _top_modules(artefact: Artefact) -> set[str]:
    """What can be imported from a wheel: folders and files at its top."""
    paths = [one.path for one in artefact.outline.files]
    if not any(path.partition("/")[0].endswith(".dist-info") for path in paths):
        return set()
    folders = {path.partition("/")[0] for path in paths if path.count("/") == 1 and path.endswith("/__init__.py")}
    return folders | {path.removesuffix(".py") for path in paths if "/" not in path and path.endswith(".py")}


def _finding(name: str, severity: Severity, says: str) -> Finding:
    return Finding(ID, VERSION, severity, Specificity.UNUSUAL, ExecutionPoint.START, "", 0, excerpt_of(name), says)
