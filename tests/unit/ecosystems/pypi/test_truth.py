"""What an index says of a file against the file."""

from __future__ import annotations

import contextlib
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.core.artifacts import Digests, FileView
from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid, TooLarge
from pratique.ecosystems.pypi import truth
from pratique.ecosystems.pypi.truth import compare_listed
from pratique.formats import first_look
from tests.unit.ecosystems.pypi.artefacts import INFO, METADATA, SDIST_NAME, WHEEL_NAME, sdist, wheel
from tests.unit.formats.archives import Bytes, zipped

TRUE = Digests(sha256=hashlib.sha256(METADATA).hexdigest())
OTHER = Digests(sha256="0" * 64)


def differing(
    content: bytes, filename: str = WHEEL_NAME, *, python: object = ">=3.8", metadata: Digests | None = None
) -> tuple[str, ...]:
    listed = FileView(filename, "1.0", raw={"requires-python": python}, metadata=metadata)
    return tuple(one.field for one in compare_listed("demo-pkg", listed, Bytes(content), ArchiveLimits()))


@pytest.mark.parametrize(("content", "filename"), [(wheel(), WHEEL_NAME), (sdist(), SDIST_NAME)])
def test_an_index_that_tells_the_truth_differs_in_nothing(content, filename):
    assert differing(content, filename, metadata=TRUE) == ()


@pytest.mark.parametrize("stated", [" >= 3.8 ", ">=3.8,>=3.8"])
def test_the_same_written_otherwise_is_no_difference(stated):
    assert differing(wheel(), python=stated) == ()


@pytest.mark.parametrize("stated", [None, "", ">=3.9", 7, "nonsense"])
@pytest.mark.parametrize(("content", "filename"), [(wheel(), WHEEL_NAME), (sdist(), SDIST_NAME)])
def test_another_python_is_a_difference(content, filename, stated):
    assert differing(content, filename, python=stated) == ("requires-python",)


def test_a_requirement_too_long_to_be_parsed_is_a_difference():
    assert differing(wheel(), python="===" + " " * 500_000 + "x y") == ("requires-python",)


def test_metadata_that_resolvers_read_and_nobody_installs_is_a_difference():
    assert differing(wheel(), metadata=OTHER) == ("core-metadata",)
    assert differing(wheel(), metadata=OTHER, python=None) == ("core-metadata", "requires-python")


def test_both_values_are_told():
    listed = FileView(WHEEL_NAME, "1.0", raw={"requires-python": "<3"}, metadata=OTHER)

    metadata, python = compare_listed("demo-pkg", listed, Bytes(wheel()), ArchiveLimits())

    assert (python.listed, python.found) == ('"<3"', '">=3.8"')
    assert (metadata.listed, metadata.found) == (f'"{OTHER.sha256}"', f'"{TRUE.sha256}"')


def test_nothing_stated_is_no_limit():
    free = METADATA.replace(b"Requires-Python: >=3.8\n", b"")

    assert differing(wheel({f"{INFO}/METADATA": free}), python=None) == ()
    assert differing(wheel({f"{INFO}/METADATA": free})) == ("requires-python",)


def test_of_a_long_wheel_only_the_metadata_is_read(monkeypatch):
    monkeypatch.setattr(truth, "WHOLE", 100)
    unsound = wheel({f"{INFO}/RECORD": b"nothing at all"})

    assert differing(unsound, metadata=TRUE) == ()
    assert differing(unsound, metadata=OTHER, python="<3") == ("core-metadata", "requires-python")


def test_of_a_wheel_that_unpacks_to_much_only_the_metadata_is_read(monkeypatch):
    unsound = wheel({"demo_pkg/zeros.bin": bytes(1000), f"{INFO}/RECORD": b"nothing at all"})
    with pytest.raises(Invalid):
        differing(unsound)

    for bound in ("MAX_HASHED", "MAX_ENTRIES"):
        with monkeypatch.context() as changed:
            changed.setattr(first_look, bound, 2)
            assert differing(unsound, metadata=OTHER) == ("core-metadata",)


@pytest.mark.parametrize("bound", ["MAX_UNPACKED", "MAX_ENTRIES"])
def test_a_source_archive_that_unpacks_to_much_is_not_looked_into(monkeypatch, bound):
    monkeypatch.setattr(first_look, bound, 1)
    with pytest.raises(TooLarge):
        differing(sdist(), SDIST_NAME)


@pytest.mark.parametrize(
    "content",
    [
        zipped(("a.py", b"x" * 200)),
        wheel({"b-1.dist-info/METADATA": METADATA}),
        b"x" * 200,
        wheel(info="demo.dist-info"),
    ],
    ids=["no metadata", "two", "no zip", "another project's"],
)
def test_a_long_wheel_without_one_metadata_cannot_be_compared(monkeypatch, content):
    monkeypatch.setattr(truth, "WHOLE", 100)
    with pytest.raises(Invalid):
        differing(content, "other-1.0-py3-none-any.whl" if b"demo.dist" in content else WHEEL_NAME)


def test_a_long_source_archive_is_not_looked_into(monkeypatch):
    monkeypatch.setattr(truth, "WHOLE", 100)
    with pytest.raises(TooLarge, match="not looked into"):
        differing(sdist(), SDIST_NAME)


@pytest.mark.parametrize("filename", ["demo-1.0.zip", "demo-1.0.tar.bz2", "demo-1.0.tgz"])
def test_other_forms_are_not_looked_into(filename):
    assert differing(b"anything", filename, python="<3") == ()


@pytest.mark.parametrize(("content", "filename"), [(b"no zip", WHEEL_NAME), (b"no tar", SDIST_NAME)])
def test_what_cannot_be_read_is_told(content, filename):
    with pytest.raises(Invalid):
        differing(content, filename)


@given(st.data())
@settings(max_examples=60)
def test_a_damaged_wheel_is_compared_or_told(data):
    content = bytearray(wheel())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Invalid, TooLarge):
        differing(bytes(content))
