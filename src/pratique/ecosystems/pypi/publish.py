"""Read an upload of the legacy API: one file and what the client claims about it.

Source: Python Packaging User Guide, "Upload API"; PEP 740.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from pratique.core.artifacts import Digests, PublishDraft
from pratique.core.errors import Invalid
from pratique.ecosystems.pypi.filenames import SDIST, WHEEL, check_upload_filename
from pratique.ecosystems.pypi.multipart import FormReader, header
from pratique.ecosystems.pypi.names import canonical
from pratique.ecosystems.pypi.versions import canonical_version

CONTENT = "content"

_DIGEST_FIELDS = {"md5_digest": "md5", "sha256_digest": "sha256", "blake2_256_digest": "blake2b_256"}
_DIGEST_LENGTHS = {"md5": 32, "sha256": 64, "blake2b_256": 64}
_HEX = re.compile(r"[0-9A-Fa-f]+\Z")

MULTIPLE_FIELDS = frozenset(
    {
        "classifiers",
        "platform",
        "supported_platform",
        "requires_dist",
        "provides_dist",
        "obsoletes_dist",
        "requires_external",
        "project_urls",
        "provides_extra",
        "provides_extras",
        "license_file",
        "license_files",
        "dynamic",
        "requires",
        "provides",
        "obsoletes",
        "import_name",
        "import_names",
        "import_namespace",
        "import_namespaces",
    }
)
"""Fields that may come several times; any other given twice would leave open which one counts."""

_NOT_CLAIMS = frozenset({":action", "protocol_version", "attestations", "gpg_signature", *_DIGEST_FIELDS})


class UploadReader:
    """Takes an upload's body and gives its draft; the artefact goes to the sink, never into memory."""

    def __init__(self, headers: Mapping[str, str], sink: Callable[[bytes], object]) -> None:
        """Start reading. Raises Invalid if the headers rule an upload out."""
        self._form = FormReader(header(headers, "content-type"), CONTENT, sink)

    def feed(self, chunk: bytes) -> None:
        """Take the next body bytes.

        Raises:
            Invalid: no sound multipart body.
            TooLarge: too many or too long fields.
        """
        self._form.feed(chunk)

    def finish(self) -> PublishDraft:
        """The draft.

        Raises:
            Invalid: incomplete, ambiguous, or a file name that does not fit name, version and type.
        """
        self._form.finish()
        fields = self._form.fields
        single = _single_fields(fields)
        _check_protocol(single)
        if self._form.filename is None or not self._form.streamed:
            raise Invalid("the upload holds no file, or an empty one, in `content`")
        name, version = single["name"], _version(single["version"])
        canonical(name)
        check_upload_filename(self._form.filename, name, version, single["filetype"])
        claims = {key: value for key, value in single.items() if key not in _NOT_CLAIMS}
        return PublishDraft(
            name=name,
            version=version,
            filename=self._form.filename,
            digests=_digests(single),
            claims=claims | {key: tuple(fields[key]) for key in fields if key in MULTIPLE_FIELDS},
            attested="attestations" in single,
        )


def _single_fields(fields: dict[str, list[str]]) -> dict[str, str]:
    """Every field that may come once. Old clients write UNKNOWN for what they do not know: left out."""
    single: dict[str, str] = {}
    for name, values in fields.items():
        if name in MULTIPLE_FIELDS:
            continue
        if len(values) > 1:
            raise Invalid(f"the upload has the field {name[:60]!a} {len(values)} times; it may come once")
        if values[0].strip() not in ("", "UNKNOWN"):
            single[name] = values[0]
    return single


def _check_protocol(single: dict[str, str]) -> None:
    if single.get(":action") != "file_upload":
        raise Invalid("the upload lacks `:action=file_upload`; only uploads of files are served here")
    if single.get("protocol_version") != "1":
        raise Invalid("the upload lacks `protocol_version=1`, the only version of the upload API served here")
    missing = [field for field in ("name", "version", "filetype", "metadata_version") if field not in single]
    if missing:
        raise Invalid(f"the upload lacks the field{'s' if len(missing) > 1 else ''} {', '.join(missing)}")
    if single["filetype"] not in (SDIST, WHEEL):
        raise Invalid(f"filetype {single['filetype'][:40]!a} is not served; upload wheels (bdist_wheel) and sdists")


def _version(text: str) -> str:
    try:
        return canonical_version(text)
    except ValueError:
        raise Invalid(f"{text[:60]!a} is no version; write it as PEP 440 says, such as 1.0.0 or 2.0rc1") from None


def _digests(single: dict[str, str]) -> Digests:
    claimed: dict[str, str] = {}
    for field, algorithm in _DIGEST_FIELDS.items():
        value = single.get(field)
        if value is None:
            continue
        if len(value) != _DIGEST_LENGTHS[algorithm] or not _HEX.match(value):
            raise Invalid(f"`{field}` is no digest: {_DIGEST_LENGTHS[algorithm]} hexadecimal digits are expected")
        claimed[algorithm] = value.lower()
    digests = Digests(**claimed)
    if not digests.any_strong():
        raise Invalid("the upload states no `sha256_digest` or `blake2_256_digest`; use a current twine or uv")
    return digests
