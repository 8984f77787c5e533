"""Small inert packages in each format, built in memory; the same arguments give the same bytes."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

MADE = 1_600_000_000
"""The time written into every archive, so that bytes do not depend on when a test runs."""


def npm_tarball(name: str, version: str, *, manifest: Mapping[str, Any] = {}, files: Mapping[str, str] = {}) -> bytes:
    """What `npm pack` makes: one folder `package/` with package.json and the files."""
    fields = {"name": name, "version": version, "main": "index.js", **manifest}
    content = {
        "package.json": json.dumps(fields, indent=2),
        "index.js": f"module.exports = {json.dumps(f'{name} {version}')};\n",
        **files,
    }
    return tar_gz({f"package/{path}": text.encode() for path, text in content.items()})


def npm_integrity(tarball: bytes) -> str:
    """The `dist.integrity` of a tarball."""
    return "sha512-" + base64.b64encode(hashlib.sha512(tarball).digest()).decode()


def npm_publish_body(name: str, version: str, tarball: bytes, *, tag: str = "latest") -> dict[str, Any]:
    """The document that `npm publish` puts."""
    with tarfile.open(fileobj=io.BytesIO(tarball)) as archive:
        member = archive.extractfile("package/package.json")
        assert member is not None
        manifest = json.loads(member.read())
    filename = f"{name}-{version}.tgz"
    dist = {
        "integrity": npm_integrity(tarball),
        "shasum": hashlib.sha1(tarball).hexdigest(),
        "tarball": f"http://localhost/{name}/-/{filename}",
    }
    return {
        "_id": name,
        "name": name,
        "dist-tags": {tag: version},
        "versions": {version: {**manifest, "_id": f"{name}@{version}", "dist": dist}},
        "access": None,
        "_attachments": {
            filename: {
                "content_type": "application/octet-stream",
                "data": base64.b64encode(tarball).decode(),
                "length": len(tarball),
            }
        },
    }


def metadata(name: str, version: str, requires: Sequence[str] = (), *, requires_python: str = ">=3.8") -> bytes:
    """Core metadata of a Python project."""
    lines = ["Metadata-Version: 2.2", f"Name: {name}", f"Version: {version}", "Summary: An inert test package"]
    lines += [f"Requires-Python: {requires_python}", *(f"Requires-Dist: {line}" for line in requires)]
    return ("\n".join(lines) + "\n\nInert.\n").encode()


def wheel(
    name: str,
    version: str,
    requires: Sequence[str] = (),
    *,
    description: str = "",
    files: Mapping[str, bytes] = {},
) -> tuple[str, bytes]:
    """A pure Python wheel: its filename and bytes."""
    stem = f"{name.replace('-', '_').replace('.', '_')}-{version}"
    module = stem.split("-", 1)[0].lower()
    content = {
        f"{module}/__init__.py": f"__version__ = {version!r}\n".encode(),
        f"{stem}.dist-info/METADATA": metadata(name, version, requires) + description.encode(),
        f"{stem}.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        **files,
    }
    record = "".join(f"{path},sha256={_record_digest(data)},{len(data)}\n" for path, data in content.items())
    content[f"{stem}.dist-info/RECORD"] = f"{record}{stem}.dist-info/RECORD,,\n".encode()
    return f"{stem}-py3-none-any.whl", zipped(content)


def sdist(name: str, version: str, requires: Sequence[str] = ()) -> tuple[str, bytes]:
    """A source distribution: its filename and bytes. Nothing in it runs when it is only uploaded."""
    stem = f"{name.lower().replace('-', '_').replace('.', '_')}-{version}"
    content = {
        f"{stem}/PKG-INFO": metadata(name, version, requires),
        f"{stem}/pyproject.toml": b"[build-system]\nrequires = []\n",
        f"{stem}/{name.lower().replace('-', '_')}.py": f"__version__ = {version!r}\n".encode(),
    }
    return f"{stem}.tar.gz", tar_gz(content)


def tar_gz(content: Mapping[str, bytes]) -> bytes:
    """A gzipped tar of plain files."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", mtime=MADE) as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path, data in content.items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mtime, entry.mode = len(data), MADE, 0o644
            archive.addfile(entry, io.BytesIO(data))
    return packed.getvalue()


def zipped(content: Mapping[str, bytes]) -> bytes:
    """A zip of plain files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in content.items():
            archive.writestr(zipfile.ZipInfo(path, (2020, 9, 13, 12, 26, 40)), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _record_digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
