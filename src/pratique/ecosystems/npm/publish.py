"""Read `npm publish`: one JSON document with the tarball as base64, decoded while it streams in.

Source: libnpmpublish, lib/publish.js; the bodies of npm, yarn, pnpm and bun as captured.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from pratique.core.artifacts import Digests, PublishDraft
from pratique.core.errors import Invalid, InvalidName
from pratique.core.project_verbs import SentDocument
from pratique.ecosystems.npm import names, versions
from pratique.ecosystems.npm.integrity import read_dist
from pratique.formats.base64_stream import Base64Reader
from pratique.formats.json_stream import JsonStream, Path

MAX_REST = 10 << 20
"""Bytes of the document besides its tarball; a long readme is the largest part of real ones."""

MAX_TAG = 128
_ATTACHMENT_DEPTH = 3
_TAG = re.compile(r"[A-Za-z0-9_.!~*'()-]+")
_PART = r"(?:[xX*]|[0-9]+)"
_RANGE = re.compile(rf"~?v*{_PART}(?:\.{_PART}(?:\.{_PART}.*)?)?|~")
_NEITHER = (
    "this body has no `_attachments`, so it is no new release, and no `_rev`, so it changes no published one; run "
    "`npm publish` or `npm deprecate`"
)


class NpmPublishReader:
    """Reads one PUT body; only what is not tarball is kept, at most `MAX_REST` bytes."""

    def __init__(self, headers: Mapping[str, str], sink: Callable[[bytes], object]) -> None:
        """Start reading.

        Raises:
            Invalid: the headers announce something other than JSON.
        """
        content_type = next((value for key, value in headers.items() if key.lower() == "content-type"), "")
        if content_type and content_type.partition(";")[0].strip().lower() != "application/json":
            raise Invalid("npm publish sends application/json; send the request with that content type")
        self._document = JsonStream(_is_attachment, self._take, MAX_REST)
        self._base64 = Base64Reader(sink)
        self._tarball: str | None = None
        self._complete = False

    def feed(self, chunk: bytes) -> None:
        """Take the next body bytes.

        Raises:
            Invalid: this cannot become a publish request.
            TooLarge: what is not tarball is over its limit.
        """
        self._document.feed(chunk)

    def finish(self) -> PublishDraft | SentDocument:
        """The draft, once the body has ended; without a tarball the packument, sent back with something changed.

        Raises:
            Invalid: the body ended early, or is not the publication of exactly one release.
        """
        document = self._document.finish()
        if not isinstance(document, dict):
            raise Invalid("the body must be a JSON object, as `npm publish` sends it")
        attachments = document.get("_attachments")
        if not attachments:
            return _sent_back(document)
        name = _checked_name(document)
        version, claims = _only_version(document, name)
        self._check_attachments(attachments)
        return PublishDraft(
            name=name,
            version=version,
            filename=names.tarball_name(name, version),
            digests=_digests(claims),
            claims=claims,
            tags=_tags(document.get("dist-tags"), version),
            attested=any(key.endswith(".sigstore") for key in attachments),
        )

    def _take(self, path: Path, piece: bytes) -> None:
        attachment = path[1]
        if attachment.endswith(".sigstore"):
            return
        if self._complete or self._tarball not in (None, attachment):
            raise Invalid("the body holds more than one tarball; publish one release at a time")
        self._tarball = attachment
        if piece:
            self._base64.feed(piece)
        else:
            self._base64.finish()
            self._complete = True

    def _check_attachments(self, attachments: Any) -> None:
        if not isinstance(attachments, dict):
            raise Invalid("`_attachments` must be an object with one tarball in it")
        tarballs = [key for key in attachments if not key.endswith(".sigstore")]
        if len(tarballs) != 1 or not tarballs[0].endswith(".tgz") or not self._complete:
            raise Invalid("`_attachments` must hold exactly one tarball, named .tgz, with its `data` in base64")
        attachment = attachments[tarballs[0]]
        length = attachment.get("length") if isinstance(attachment, dict) else None
        if length is not None and (isinstance(length, bool) or length != self._base64.decoded):
            raise Invalid(
                f"the attachment says it has {length} bytes, {self._base64.decoded} arrived; publish it again"
            )


def check_tag(tag: str) -> None:
    """Refuse a dist-tag that a client would read as a version or a range.

    Raises:
        Invalid: it is no tag; the sentence says why.
    """
    if not _TAG.fullmatch(tag) or len(tag) > MAX_TAG:
        raise Invalid(f"{tag[:80]!a} is no dist-tag: letters, digits, hyphens and dots only, at most {MAX_TAG}")
    if _RANGE.fullmatch(tag):
        raise Invalid(f'"{tag}" is no dist-tag, because npm would read it as a version range; use a word such as next')


def _sent_back(document: dict[str, Any]) -> SentDocument:
    edition = document.get("_rev")
    if not isinstance(edition, str) or not edition:
        raise Invalid(_NEITHER)
    return SentDocument(_checked_name({"name": document.get("_id"), **document}), edition, document)


def _is_attachment(path: Path) -> bool:
    return len(path) == _ATTACHMENT_DEPTH and path[0] == "_attachments" and path[2] == "data"


def _checked_name(document: dict[str, Any]) -> str:
    name = document.get("name")
    if not isinstance(name, str):
        raise InvalidName("the body has no `name`; package.json must have one")
    return names.canonical(name)


def _only_version(document: dict[str, Any], name: str) -> tuple[str, dict[str, Any]]:
    listed = document.get("versions")
    if not isinstance(listed, dict) or len(listed) != 1:
        raise Invalid("the body must hold exactly one version; publish one release at a time")
    version, claims = next(iter(listed.items()))
    if not isinstance(claims, dict):
        raise Invalid("`versions` must hold the package.json of the release as an object")
    try:
        if versions.clean(version) != version:
            raise ValueError(f"{version[:80]!a} is not in npm's form; write {versions.clean(version)}")
    except ValueError as error:
        raise Invalid(f"the version cannot be published: {error}") from error
    if claims.get("name", name) != name or claims.get("version", version) != version:
        raise Invalid("name and version inside `versions` differ from those of the request; publish it again")
    return version, claims


def _digests(claims: dict[str, Any]) -> Digests:
    dist = claims.get("dist", {})
    try:
        if not isinstance(dist, dict):
            raise ValueError("dist is not an object")
        digests = read_dist(dist)
    except ValueError as error:
        raise Invalid(f"the digests of the request cannot be read: {error}") from error
    if not digests.any_strong():
        raise Invalid("the request states no sha512 `integrity` of the tarball; publish with a current client")
    return digests


def _tags(stated: Any, version: str) -> tuple[str, ...]:
    """The tags to set; `latest` if the client names none, as npm itself does."""
    if not stated:
        return ("latest",)
    if not isinstance(stated, dict) or any(target != version for target in stated.values()):
        raise Invalid("`dist-tags` may only point to the version that is published")
    for tag in stated:
        check_tag(tag)
    return tuple(sorted(stated))
