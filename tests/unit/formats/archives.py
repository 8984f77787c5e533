"""Builds archives for tests, sound ones and broken ones."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
import zlib

from pratique.core.ecosystem import ArchiveLimits
from pratique.formats.archive import walk_tar_gz, walk_zip

LIMITS = ArchiveLimits()


class Bytes:
    """An artefact in memory; remembers the longest single read."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.longest_read = 0

    @property
    def size(self) -> int:
        return len(self._content)

    def read_at(self, offset: int, length: int) -> bytes:
        self.longest_read = max(self.longest_read, length)
        return self._content[offset : offset + length]


def tar(*members: tuple[str, bytes] | tarfile.TarInfo, format: int = tarfile.PAX_FORMAT) -> bytes:
    """An uncompressed tar of files and ready-made infos."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=format) as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                archive.addfile(info, io.BytesIO(member[1]))
    return target.getvalue()


def tar_gz(*members: tuple[str, bytes] | tarfile.TarInfo) -> bytes:
    return gzip.compress(tar(*members), mtime=0)


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=method)
    return target.getvalue()


def raw_zip(*records: dict) -> bytes:
    """A ZIP written field by field: whatever a record does not say is what a sound archive would say."""
    body, directory = b"", b""
    for record in records:
        body, line = _raw_member(body, record)
        directory += line
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(records), len(records), len(directory), len(body), 0)
    return body + directory + end


def _raw_member(body: bytes, record: dict) -> tuple[bytes, bytes]:
    content = record.get("content", b"x")
    packed = record.get("packed", content)
    stated = {
        "name": record["name"].encode(),
        "flags": 0,
        "method": 0,
        "crc": zlib.crc32(content),
        "csize": len(packed),
        "size": len(content),
        "extra": b"",
        "comment": b"",
        "attributes": 0,
        "needed": 20,
    }
    local = stated | record.get("both", {}) | record.get("local", {})
    central = stated | record.get("both", {}) | record.get("central", {})
    offset = central.get("offset", len(body))
    body += struct.pack(
        "<4s5H3L2H",
        b"PK\3\4", 20, local["flags"], local["method"], 0, 0, local["crc"], local["csize"], local["size"],
        len(local["name"]), len(local["extra"]),
    )  # fmt: skip
    body += local["name"] + local["extra"] + packed + record.get("behind", b"")
    line = struct.pack(
        "<4s6H3L5H2L",
        b"PK\1\2", 3 << 8 | 20, central["needed"], central["flags"], central["method"], 0, 0, central["crc"],
        central["csize"], central["size"], len(central["name"]), len(central["extra"]), len(central["comment"]), 0, 0,
        central["attributes"], offset,
    )  # fmt: skip
    return body, line + central["name"] + central["extra"] + central["comment"]


def read_tar(content: bytes, limits: ArchiveLimits = LIMITS) -> dict[str, bytes]:
    return {m.name: m.read() if m.kind == "file" else m.kind.encode() for m in walk_tar_gz(Bytes(content), limits)}


def read_zip(content: bytes, limits: ArchiveLimits = LIMITS) -> dict[str, bytes]:
    return {m.name: m.read() if m.kind == "file" else m.kind.encode() for m in walk_zip(Bytes(content), limits)}
