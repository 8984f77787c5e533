"""yarn's yarn.lock from version 2 on: YAML, with a locator for each package.

A locator of the registry has no address unless a tarball's name is unusual (`::__archiveUrl=`); its checksum is of
yarn's own archive and says nothing of the registry's bytes. Source: yarn's documentation of protocols; measured with
yarn 4.18.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, unquote

from pratique.core.errors import Invalid
from pratique.core.lockfiles import LockedFile, Lockfile
from pratique.ecosystems.npm.lockfiles.pins import MAX_BYTES, MAX_PARTS, kind_of, pin, split_name, tables
from pratique.formats.lock_entries import Apart, lockfile, set_apart, text
from pratique.formats.yaml_tree import read_yaml

WHAT = "yarn.lock"
MEND = "rm yarn.lock && yarn install"
_HEAD = "__metadata"
_BERRY = re.compile(rb"^__metadata\s*:", re.MULTILINE)


def is_berry(content: bytes) -> bool:
    """Whether a yarn.lock is of yarn 2 or later."""
    return _BERRY.search(content) is not None


def read(content: bytes) -> Lockfile:
    """What it pins. Raises Invalid, TooLarge."""
    found = read_yaml(content, f"the {WHAT}", MAX_BYTES, MAX_PARTS)
    if len(found) != 1 or not isinstance(found[0], dict):
        raise Invalid(f"this is no {WHAT}: it is no mapping")
    return lockfile(_entries(found[0]), MEND)


def _entries(document: dict[str, Any]) -> Iterator[LockedFile | Apart]:
    for key, entry in tables(WHAT, document, "packages"):
        if key == _HEAD:
            continue
        locator = text(WHAT, entry, "resolution")
        name, reference = split_name(locator)
        if not reference:
            raise Invalid(f"the {WHAT} has no locator under `resolution` for {key[:80]!a}")
        if "resolved" in entry:
            raise Invalid(f"the {WHAT} is of yarn 2 or later, and yarn 1 would fetch {key[:80]!a} from its `resolved`")
        protocol, _, rest = reference.partition(":")
        if protocol == "workspace":
            yield set_apart(name, "workspace")
        elif protocol == "patch":
            # What is patched has an entry of its own; if not, yarn still fetches it.
            yield set_apart(name, "patched here", split_name(unquote(rest.partition("#")[0]))[1])
        elif protocol != "npm":
            yield set_apart(name, kind_of(reference), reference)
        else:
            version, _, bound = rest.partition("::")
            yield pin(WHAT, name, version, source=_archive(bound))


def _archive(bound: str) -> str:
    try:
        return parse_qs(bound, max_num_fields=16).get("__archiveUrl", [""])[0]
    except ValueError:
        raise Invalid(f"the {WHAT} has a locator with too many parts") from None
