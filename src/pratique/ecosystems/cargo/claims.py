"""Compare what `cargo publish` says with the Cargo.toml inside the crate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from pratique.core.artifacts import Manifest, PublishDraft
from pratique.core.errors import Invalid
from pratique.ecosystems.cargo.cargo_toml import PUBLIC_INDEX
from pratique.ecosystems.cargo.requirements import normal_requirement

_DESCRIBING = ("authors", "categories", "description", "documentation", "homepage", "keywords", "license", "repository")
_TARGET_TOKEN = re.compile(r'"[^"]*"|[^\s"]+')


class _Claimed(msgspec.Struct):
    """A dependency as the web API names its fields. Source: The Cargo Book, "Registry Web API", Publish."""

    name: str
    version_req: str
    features: list[str] = []
    optional: bool = False
    default_features: bool = True
    target: str | None = None
    kind: str = "normal"
    registry: str | None = None
    explicit_name_in_toml: str | None = None


class _Compared(msgspec.Struct, frozen=True, order=True):
    """A dependency of either side, with all that means the same made equal."""

    alias: str
    name: str
    requirement: str
    features: tuple[str, ...]
    optional: bool
    default_features: bool
    target: str
    kind: str
    registry: str


def compare_claims(draft: PublishDraft, manifest: Manifest) -> tuple[str, ...]:
    """Names of fields in which claim and crate differ, sorted.

    Raises:
        Invalid: name or version differ, so the crate is another release than the request.
    """
    if (draft.name, draft.version) != (manifest.name, manifest.version):
        raise Invalid(
            f"the request publishes {draft.name}@{draft.version}, Cargo.toml inside the crate says "
            f"{manifest.name}@{manifest.version}; package and publish it again from one folder"
        )
    claim, truth = draft.claims, manifest.fields["index"]
    different = {field for field in _DESCRIBING if _plain(claim, field) != _plain(manifest.fields, field)}
    different |= {field for field in ("links", "rust_version") if _plain(claim, field) != _plain(truth, field)}
    if not _same_dependencies(claim.get("deps"), truth["deps"]):
        different.add("deps")
    if _plain(claim, "features") != _plain({"features": truth["features"] | truth.get("features2", {})}, "features"):
        different.add("features")
    return tuple(sorted(different))


def _plain(fields: Mapping[str, Any], field: str) -> Any:
    """The value, with every way of saying nothing made equal."""
    return fields.get(field) or None


def _same_dependencies(stated: Any, found: list[dict[str, Any]]) -> bool:
    try:
        claimed = msgspec.convert(stated or [], list[_Claimed])
    except msgspec.ValidationError:
        return False
    elsewhere = {one.registry for one in claimed if one.registry is not None}
    return sorted(map(_from_claim, claimed)) == sorted(_from_crate(one, elsewhere) for one in found)


def _from_claim(stated: _Claimed) -> _Compared:
    try:
        requirement = normal_requirement(stated.version_req)
    except ValueError:
        requirement = stated.version_req
    return _Compared(
        alias=stated.explicit_name_in_toml or stated.name,
        name=stated.name,
        requirement=requirement,
        features=tuple(sorted(stated.features)),
        optional=stated.optional,
        default_features=stated.default_features,
        target=_plain_target(stated.target),
        kind=stated.kind,
        registry=stated.registry or "",
    )


def _from_crate(found: Mapping[str, Any], elsewhere: set[str]) -> _Compared:
    """A dependency of the crate.

    Of registries, the request leaves out the one that it goes to, Cargo.toml the public one.
    """
    registry = found["registry"] or PUBLIC_INDEX
    return _Compared(
        alias=found["name"],
        name=found["package"] or found["name"],
        requirement=found["req"],
        features=tuple(sorted(found["features"])),
        optional=found["optional"],
        default_features=found["default_features"],
        target=_plain_target(found["target"]),
        kind=found["kind"],
        registry=registry if registry in elsewhere or registry == PUBLIC_INDEX else "",
    )


def _plain_target(target: str | None) -> str:
    """Without the blanks and last commas that cargo drops when it writes a `cfg(...)` anew."""
    return "".join(_TARGET_TOKEN.findall(target or "")).replace(",)", ")")
