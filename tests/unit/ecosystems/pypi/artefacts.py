"""Builds wheels, source archives and uploads for tests, sound ones and broken ones."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import zipfile

from tests.unit.formats.archives import tar, zipped

METADATA = (
    b"Metadata-Version: 2.4\nName: Demo.Pkg\nVersion: 1.0\nRequires-Python: >=3.8\nRequires-Dist: six>=1\n\nHello\n"
)
WHEEL = b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
WHEEL_NAME = "demo_pkg-1.0-py3-none-any.whl"
SDIST_NAME = "demo_pkg-1.0.tar.gz"
INFO = "demo_pkg-1.0.dist-info"

BOUNDARY = "b0undary"


def record(files: dict[str, bytes], info: str = INFO) -> bytes:
    lines = []
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(content)}")
    return ("\n".join([*lines, f"{info}/RECORD,,"]) + "\n").encode()


def wheel(changes: dict[str, bytes | None] | None = None, info: str = INFO) -> bytes:
    """A wheel; `changes` add, replace or (None) remove members. RECORD is true unless it is changed itself."""
    files: dict[str, bytes] = {
        "demo_pkg/__init__.py": b"x = 1\n",
        f"{info}/METADATA": METADATA,
        f"{info}/WHEEL": WHEEL,
    }
    changed = changes or {}
    files |= {name: content for name, content in changed.items() if content is not None}
    kept = {name: content for name, content in files.items() if changed.get(name, b"") is not None}
    if f"{info}/RECORD" not in changed:
        kept[f"{info}/RECORD"] = record(kept, info)
    return zipped(*kept.items())


class _Pipe(io.BytesIO):
    """Nobody can go back in it."""

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise OSError


def streamed(archive: bytes) -> bytes:
    """The same archive by a writer that cannot go back: sizes stand behind each member."""
    target = _Pipe()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(target, "w") as copy:
        for info in source.infolist():
            copy.writestr(info.filename, source.read(info), zipfile.ZIP_DEFLATED)
    return target.getvalue()


def sdist(*members, top: str = "demo_pkg-1.0", pkg_info: bytes | None = METADATA) -> bytes:
    first = () if pkg_info is None else ((f"{top}/PKG-INFO", pkg_info),)
    return gzip.compress(tar(*first, (f"{top}/pyproject.toml", b""), *members), mtime=0)


def form(*fields: tuple[str, str | bytes], boundary: str = BOUNDARY) -> bytes:
    """A multipart body; a field named `content` becomes a file."""
    body = b""
    for name, value in fields:
        extra = f'; filename="{WHEEL_NAME}"' if name == "content" else ""
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n'.encode()
        body += (value if isinstance(value, bytes) else value.encode()) + b"\r\n"
    return body + f"--{boundary}--\r\n".encode()


def upload_fields(content: bytes = b"PK the wheel", /, **changes: str | None) -> list[tuple[str, str | bytes]]:
    """The fields twine sends; underscores before `action` stand for its colon."""
    fields: dict[str, str | bytes | None] = {
        ":action": "file_upload",
        "protocol_version": "1",
        "metadata_version": "2.4",
        "name": "Demo-Pkg",
        "version": "1.0",
        "filetype": "bdist_wheel",
        "pyversion": "py3",
        "requires_python": ">=3.8",
        "sha256_digest": hashlib.sha256(content).hexdigest(),
        "blake2_256_digest": hashlib.blake2b(content, digest_size=32).hexdigest(),
        "content": content,
    }
    fields |= {key.replace("_action", ":action"): value for key, value in changes.items()}
    return [(name, value) for name, value in fields.items() if value is not None]
