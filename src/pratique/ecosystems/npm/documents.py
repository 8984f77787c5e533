"""The packument as its publishers read it to change it, and what a change of it means.

npm reads `GET /NAME?write=true`, changes the document, and sends all of it back: for a deprecation to the package, to
take a release away or change owners to `/NAME/-rev/REV`. Source: npm, lib/commands/deprecate.js and owner.js;
libnpmpublish, lib/unpublish.js. Measured: of a version npm looks at `dist.tarball` and `deprecated`, and at nothing
else. So that is all that it gets, and a large package stays within what a request may carry. Clients that send back
the whole document, as everybody reads it, are understood as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import orjson

from pratique.core.artifacts import ProjectView
from pratique.core.ecosystem import Rendered
from pratique.core.errors import Conflict, Invalid
from pratique.core.project_verbs import Edition, ProjectChange, SentDocument
from pratique.core.sentences import clean
from pratique.ecosystems.npm.listing import publish_times, tarball_folder, version_entry
from pratique.ecosystems.npm.messages import read_message, sent_message
from pratique.formats.json_stream import read_bounded

_JSON = "application/json"
_REVISION = "_rev"
_READ_APART = frozenset({"versions", "dist-tags", _REVISION, "_revisions", "_attachments", "_etag"})
_OF_OWNERS = frozenset({"_id", _REVISION, "name", "maintainers"})
_ONLY_MESSAGES = (
    "only messages (`npm deprecate`) of what is published can be changed; publish a new version for the rest"
)
MAX_OWNERS = 100
_NO_OBJECT = "the request must be a JSON object, as npm sends it"
_NAMED = 5


def is_read_to_edit(query: Mapping[str, str]) -> bool:
    """Npm asks with `?write=true`."""
    return query.get("write") == "true"


def with_edition(view: ProjectView, edition: Edition) -> ProjectView:
    """The packument with `_rev` and `maintainers`. There are no e-mail addresses here, and npm prints what is empty."""
    maintainers = [{"name": name, "email": ""} for name in edition.owners]
    return msgspec.structs.replace(view, raw={**view.raw, _REVISION: edition.id, "maintainers": maintainers})


def write_to_edit(view: ProjectView, base_url: str) -> Rendered:
    """All versions, with what npm looks at."""
    return Rendered(orjson.dumps(_document(view, base_url, whole=False)), _JSON)


def write_edited(note: str) -> Rendered:
    """The answer to a change; npm prints the note."""
    return Rendered(b'{"ok":true,"success":true}', _JSON, headers={"npm-notice": clean(note)[:400]})


def read_document(body: bytes, name: str, edition: str) -> SentDocument:
    """What is sent to the address of a revision.

    Raises:
        Invalid: no JSON object, about another package, or with a tarball.
        TooLarge: it has more brackets and strings than any document (`formats.json_stream`).
        Conflict: address and document name two revisions.
    """
    content = _read_bounded(body)
    if content.get("_attachments"):
        raise Invalid("a tarball is published at the address of the package; run `npm publish`")
    if content.get("_id", name) != name or content.get("name", name) != name:
        raise Invalid(f"the address names {name}, the document another package; they must agree")
    if content.get(_REVISION, edition) != edition:
        raise Conflict("address and document name two revisions (`_rev`); nothing was changed, run the command again")
    return SentDocument(name, edition, content, takes_away=True)


def _read_bounded(body: bytes) -> dict[str, Any]:
    content = read_bounded(body)
    if not isinstance(content, dict):
        raise Invalid(_NO_OBJECT)
    return content


def read_json(body: bytes) -> dict[str, Any]:
    """A JSON object. Raises Invalid."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Invalid(f"the request is no JSON ({error.msg})") from None
    if not isinstance(content, dict):
        raise Invalid(_NO_OBJECT)
    return content


def find_change(view: ProjectView, base_url: str, sent: SentDocument) -> ProjectChange:
    """What the document wants different.

    Args:
        view: all that may be changed, of the edition that the document was made from.
        base_url: under which the client reads.
        sent: the document.

    Raises:
        Invalid: it wants something else than messages, one release taken away, or other owners; the field is named.
    """
    if "versions" not in sent.content:
        return ProjectChange(owners=_owners(sent.content))
    whole: dict[str, Any] = orjson.loads(orjson.dumps(_document(view, base_url, whole=True)))
    least: dict[str, Any] = orjson.loads(write_to_edit(view, base_url).body)["versions"]
    _check_head(whole, sent.content)
    gone = _gone(whole["versions"], sent)
    _check_tags(view.tags, sent.content.get("dist-tags"), gone, whole["versions"].keys() - {gone})
    messages = {}
    for version, entry in sent.content["versions"].items():
        current = whole["versions"][version]
        _check_entry(version, entry, current, least[version])
        if entry.get("deprecated", "") != current.get("deprecated", ""):
            messages[version] = read_message(sent_message(entry.get("deprecated")))
    if gone is not None and messages:
        raise Invalid("the document takes a release away and changes messages of others; do one after the other")
    return ProjectChange(messages, gone)


def _document(view: ProjectView, base_url: str, *, whole: bool) -> dict[str, Any]:
    name, folder = view.key.name, tarball_folder(base_url, view.key.name)
    entries = {file.version: version_entry(name, folder, file) for file in view.files}
    head = {key: value for key, value in view.raw.items() if key != "time"}
    return {
        **head,
        "_id": name,
        "name": name,
        "dist-tags": dict(view.tags),
        "versions": entries if whole else {version: _least(entry) for version, entry in entries.items()},
        "time": publish_times(view.raw, list(view.files)),
    }


def _least(entry: Mapping[str, Any]) -> dict[str, Any]:
    kept = {field: entry[field] for field in ("name", "version", "deprecated") if field in entry}
    return {**kept, "dist": entry["dist"]}


def _owners(content: Mapping[str, Any]) -> tuple[str, ...]:
    others = sorted(content.keys() - _OF_OWNERS)
    if "users" in others:
        raise Invalid("stars are not kept here, so that `npm star` and `npm unstar` change nothing")
    if others:
        raise Invalid(f"a document without `versions` changes `maintainers` only; this one holds {_some(others)}")
    listed = content.get("maintainers")
    names = [one.get("name") if isinstance(one, dict) else None for one in listed] if isinstance(listed, list) else []
    if not names or not all(isinstance(one, str) and one for one in names):
        raise Invalid('`maintainers` must name at least one account, as in [{"name": "bob"}]; use `npm owner`')
    if len(names) > MAX_OWNERS:
        raise Invalid(f"`maintainers` names {len(names)} accounts, at most {MAX_OWNERS} can own a package")
    return tuple(dict.fromkeys(str(one) for one in names))


def _check_head(whole: Mapping[str, Any], content: Mapping[str, Any]) -> None:
    fields = (whole.keys() | content.keys()) - _READ_APART
    other = sorted(field for field in fields if whole.get(field) != content.get(field))
    if other:
        raise Invalid(f"{_some(other)} differs from what is here; {_ONLY_MESSAGES}")


def _gone(versions: Mapping[str, Any], sent: SentDocument) -> str | None:
    """The version that is to be taken away. Raises Invalid for any other difference in what versions there are."""
    listed = sent.content["versions"]
    if not isinstance(listed, dict):
        raise Invalid("`versions` must be an object")
    more, less = sorted(listed.keys() - versions.keys()), sorted(versions.keys() - listed.keys())
    if more:
        raise Invalid(f"`versions` holds {_some(more)}, which is not here; run `npm publish` to add a release")
    if not less:
        return None
    if len(less) > 1 or not sent.takes_away:
        raise Invalid(
            f"`versions` lacks {_some(less)}, and nothing is taken away by leaving it out; run `npm unpublish` for one "
            "version at a time, and read the document with ?write=true to change messages"
        )
    return less[0]


def _check_tags(tags: Mapping[str, str], sent: Any, gone: str | None, left: set[str]) -> None:
    """A release takes its tags along, and `latest` goes on to another; else tags are changed by themselves."""
    stays = {tag: version for tag, version in tags.items() if version != gone}
    listed = dict(sent) if isinstance(sent, dict) else {}
    moved = listed.pop("latest", None) if "latest" not in stays else None
    if listed != stays or not (moved is None or (isinstance(moved, str) and moved in left)):
        raise Invalid("`dist-tags` differs from what is here; run `npm dist-tag` to change tags, nothing was changed")


def _check_entry(version: str, entry: Any, whole: Mapping[str, Any], least: Mapping[str, Any]) -> None:
    if not isinstance(entry, dict):
        raise Invalid(f"`versions[{version}]` must be an object")
    other = min(_different(entry, least), _different(entry, whole), key=len)
    if other:
        raise Invalid(f"{_some(other)} of version {version} differs from what is here; {_ONLY_MESSAGES}")


def _different(entry: Mapping[str, Any], known: Mapping[str, Any]) -> list[str]:
    fields = (entry.keys() | known.keys()) - {"deprecated"}
    return sorted(field for field in fields if field not in entry or field not in known or entry[field] != known[field])


def _some(fields: list[str]) -> str:
    named = ", ".join(f"`{clean(field)[:80]}`" for field in fields[:_NAMED])
    return named + (f" and {len(fields) - _NAMED} more" if len(fields) > _NAMED else "")
