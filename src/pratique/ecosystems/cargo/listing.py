"""Write the index file that cargo reads: what is hidden, held or denied stays in it, marked as yanked.

A yanked release is passed over by cargo's resolver and still found by a Cargo.lock that names it; its download
then tells the sentence. A line that is left out would only look like a spelling mistake. Where nothing at all can be
downloaded, the index file itself is refused, because cargo prints such an answer whole. A release that its owner has
yanked can be: a locked build of it reads the index first, so that file stays.
Source: The Cargo Book, "Registry Index", `yanked`; docs/adr/0010.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

from pratique.core.artifacts import FileView, ProjectView
from pratique.core.clock import SECOND, Instant, to_iso
from pratique.core.ecosystem import Listing, Refusal, Rendered
from pratique.core.sentences import refusal_line
from pratique.ecosystems.cargo.index import HIDDEN, REFUSED, sentence_of
from pratique.ecosystems.cargo.refusal import write_refusal
from pratique.ecosystems.cargo.registries import is_listed_at
from pratique.ecosystems.cargo.versions import is_prerelease, version_key

FORM = "lines"
CONTENT_TYPE = "text/plain; charset=utf-8"

_EXPLAINED = re.compile(r"/r/([a-z2-7]{26})\Z")
_REWRITTEN = frozenset({"name", "vers", "cksum", "yanked", "pubtime", REFUSED, HIDDEN})


def negotiate(_accept: str | None) -> str:
    """There is one form."""
    return FORM


def write_listing(listing: Listing, _form: str) -> Rendered:
    """The index file, or its refusal where every release is held or denied, here or by an upstream of our kind."""
    files = listing.view.files
    if files and all(_refused_here(listing, file) or sentence_of(file.raw, REFUSED) for file in files):
        return _nothing_left(listing)
    lines = [orjson.dumps(_line(listing, file)) for file in files]
    return Rendered(body=b"".join(line + b"\n" for line in lines), content_type=CONTENT_TYPE)


def _line(listing: Listing, file: FileView) -> dict[str, Any]:
    line = {key: value for key, value in file.raw.items() if key not in _REWRITTEN}
    line |= {"name": file.raw["name"], "vers": file.version, "cksum": file.digests.sha256 or ""}
    line["deps"] = [_dependency(one, listing) for one in line.get("deps") or ()]
    line["features"] = line.get("features") or {}
    line["yanked"] = file.yanked is not None
    if file.published is not None:
        line["pubtime"] = _whole_seconds(file.published)
    # What an upstream keeps back goes along the chain: whoever is in front of us is told as we were.
    line |= {field: said for field in (REFUSED, HIDDEN) if (said := sentence_of(file.raw, field)) is not None}
    decision = listing.decisions[file.filename]
    if decision.action.leaves_listing:
        sentence = refusal_line(decision, listing.allowed, listing.explain_url(decision.id))
        line["yanked"] = True
        line[REFUSED if decision.action.refuses_download else HIDDEN] = sentence
    return line


def _whole_seconds(when: Instant) -> str:
    """The only form that cargo reads; a line with fractions of a second is invalid to it."""
    return to_iso(Instant(when - when % SECOND)).replace(".000Z", "Z")


def _dependency(stated: dict[str, Any], listing: Listing) -> dict[str, Any]:
    """A dependency whose registry is this one says so by naming none.

    That goes for every address of ours: cargo behind a server in front would ask the one named past it.
    """
    registry = stated.get("registry")
    ours = isinstance(registry, str) and is_listed_at(registry, (listing.base_url, *listing.base_urls))
    return {**stated, "registry": None} if ours else stated


def _refused_here(listing: Listing, file: FileView) -> bool:
    return listing.decisions[file.filename].action.refuses_download


def _nothing_left(listing: Listing) -> Rendered:
    """The refusal of the newest release that is no pre-release, if there is one, for the whole crate.

    Of a release that only an upstream refuses, its sentence is passed on as it is.
    """
    newest = max(listing.view.files, key=lambda file: (not is_prerelease(file.version), version_key(file.version)))
    said = sentence_of(newest.raw, REFUSED)
    if said is not None and not _refused_here(listing, newest):
        return write_refusal(Refusal(403, said, _said_by_upstream(said)))
    decision = listing.decisions[newest.filename]
    url = listing.explain_url(decision.id)
    line = refusal_line(decision, (), url)
    vote = decision.vote
    body: dict[str, Any] = {
        "error": line,
        "decision_id": decision.id,
        "rule": vote.rule if vote else None,
        "allowed_versions": [],
        "request_approval_url": url,
        "retry": False,
    }
    return write_refusal(Refusal(403, line, body))


def _said_by_upstream(line: str) -> dict[str, Any]:
    """Machine fields; by `decision_id`, which the sentence ends with, servers in front know a refusal."""
    decision = _EXPLAINED.search(line)
    return {"error": line, "decision_id": decision[1] if decision else "", "allowed_versions": [], "retry": False}


def kept_back(view: ProjectView, filename: str) -> str | None:
    """The upstream's sentence about a file whose bytes it refuses, None if it refuses them not."""
    file = view.file(filename)
    return sentence_of(file.raw, REFUSED) if file is not None else None
