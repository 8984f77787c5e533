"""What can be read and may not be published now, though much of it was once."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid
from pratique.ecosystems.pypi import PYPI, Pypi
from pratique.ecosystems.pypi.entry_points import objection_to_entry_points
from tests.unit.ecosystems.pypi.artefacts import INFO, METADATA, SDIST_NAME, WHEEL_NAME, sdist, streamed, wheel
from tests.unit.formats.archives import Bytes

HEAD = METADATA.partition(b"\n\n")[0] + b"\n"


def check(content: bytes, filename: str = WHEEL_NAME) -> None:
    """Read an artefact, which has to work, and ask whether it may be published."""
    Pypi().check_release(PYPI.read_manifest(filename, Bytes(content), ArchiveLimits()))


def described(*lines: str) -> bytes:
    """A wheel with further lines of metadata."""
    return wheel({f"{INFO}/METADATA": HEAD + "".join(f"{line}\n" for line in lines).encode()})


def declaring(entry_points: str) -> bytes:
    return wheel({f"{INFO}/entry_points.txt": entry_points.encode()})


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(wheel(), id="usual"),
        pytest.param(described("Summary: " + "x" * 512), id="longest summary"),
        pytest.param(described("Project-URL: " + "x" * 32 + ", https://x.test"), id="longest label"),
        pytest.param(described("Classifier: Private :: Do Not Upload", "Classifier: Made :: Up"), id="classifiers"),
        pytest.param(described("Requires-Dist: a[b]>=1; python_version > '3'"), id="requirement"),
        pytest.param(
            wheel({f"{INFO}/METADATA": HEAD + b"License-File: LICENSE\n", f"{INFO}/licenses/LICENSE": b"MIT"}),
            id="licence",
        ),
        pytest.param(declaring("[console_scripts]\nDemo-x.y_1 = demo:main [extra]\n[a.b]\nx = y:z\n"), id="commands"),
        pytest.param(declaring(""), id="no commands"),
        pytest.param(declaring("# a\n; b\n\n[console_scripts]\n  x = a:b\n  y=c:d\r\n"), id="comments and indents"),
    ],
)
def test_what_current_tools_build_may_be_published(content):
    check(content)


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "2.0", "2.1", "2.2", "2.3", "2.5"])
def test_every_version_of_metadata_that_was_ever_written_is_known(version):
    check(wheel({f"{INFO}/METADATA": METADATA.replace(b"2.4", version.encode())}))


def test_a_private_project_may_have_local_versions():
    metadata = METADATA.replace(b"Version: 1.0\n", b"Version: 1.0+acme.1\n")
    info = "demo_pkg-1.0+acme.1.dist-info"

    check(wheel({f"{info}/METADATA": metadata}, info), "demo_pkg-1.0+acme.1-py3-none-any.whl")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(
            wheel({f"{INFO}/METADATA": METADATA.replace(b"2.4", b"2.6")}), "up to 2.5 is", id="metadata of tomorrow"
        ),
        pytest.param(described("Summary: " + "x" * 513), "summary has 513 characters", id="summary"),
        pytest.param(described("Project-URL: " + "x" * 33 + ", https://x.test"), "over 32 characters", id="label"),
        pytest.param(
            described("Requires-Dist: other @ https://elsewhere.test/other-1.0.zip"),
            "leads around this server",
            id="address",
        ),
        pytest.param(described("License-File: LICENSE"), "license file 'LICENSE'", id="no licence"),
        pytest.param(described("License-File: ../x"), "license file '../x'", id="licence outside"),
        pytest.param(declaring("[console_scripts]\n../../evil = a:b\n"), "declares '../../evil'", id="command path"),
        pytest.param(declaring("[console_scripts]\n.. = a:b\n"), "the command '..'", id="command of dots"),
        pytest.param(declaring("[console_scripts]\nx = a:b\n  import os\n"), "the command 'x'", id="two lines"),
        pytest.param(declaring("[x]\na b = a:b\n"), "declares 'a b'", id="blank in a name"),
        pytest.param(declaring("[DEFAULT]\na/b = a:b\n"), "declares 'a/b'", id="a group like any other"),
        pytest.param(declaring("[x]\nwrong\n"), "cannot be read", id="no target"),
        pytest.param(declaring("[x]\na = b\n[x]\n"), "cannot be read", id="group twice"),
        pytest.param(declaring("a = b\n"), "cannot be read", id="no group"),
        pytest.param(declaring("[x]\na = b\na = c\n"), "cannot be read", id="name twice"),
        pytest.param(declaring("[x] y\na = b\n"), "cannot be read", id="words behind a group"),
        pytest.param(declaring("[console_scripts]\nx = a:b\n\n  ../y = a:b\n"), "the command 'x'", id="continued"),
        pytest.param(declaring("[x]\na = b\n  ../y = a:b\n"), r"declares '\.\./y'", id="continued elsewhere"),
        pytest.param(declaring("[x]\na = b\x0b../y = a:b\n"), r"declares '\.\./y'", id="ends of line of some"),
        pytest.param(declaring("[x]\n;../y = a:b\n"), "declares ';", id="a comment to some"),
        pytest.param(declaring("[x]\n" + "a" * (1 << 18)), "at most", id="endless"),
        pytest.param(declaring("[x]\na =" + " " * 10_000 + "b\n"), "more than 10000 characters", id="long line"),
        pytest.param(wheel({f"{INFO}/entry_points.txt": b"\xff"}), "cannot be read", id="not UTF-8"),
        pytest.param(streamed(wheel()), "size written behind it", id="descriptors"),
    ],
)
def test_what_may_not_be_published_is_told(content, sentence):
    with pytest.raises(Invalid, match=sentence):
        check(content)


def test_a_source_archive_holds_the_licence_it_names():
    named = HEAD + b"License-File: docs/LICENSE\n"

    check(sdist(("demo_pkg-1.0/docs/LICENSE", b"MIT"), pkg_info=named), SDIST_NAME)
    with pytest.raises(Invalid, match="license file 'docs/LICENSE'"):
        check(sdist(pkg_info=named), SDIST_NAME)


def test_runs_of_blanks_cost_no_more_than_other_characters():
    """A reader that tries every place in them would not end before the run's time limit."""
    lines = "".join(f"x{number}{' ' * 9_900}y\n" for number in range(26))

    assert "cannot be read" in (objection_to_entry_points(f"[x]\n{lines}".encode(), "entry_points.txt") or "")


@given(st.binary(max_size=200) | st.text(st.sampled_from("[]=a.:\n #;%"), max_size=60).map(str.encode))
@settings(max_examples=150)
def test_any_entry_points_are_read_or_objected_to(content):
    assert objection_to_entry_points(content, "entry_points.txt") != ""


@pytest.mark.parametrize("name", ["..", "a...", "a.", "-rf", "CON", "nul.txt", "Com1", "lpt9.x.y"])
def test_a_command_that_not_every_system_can_install_or_call_is_objected_to(name):
    for group in ("console_scripts", "gui_scripts"):
        said = objection_to_entry_points(f"[{group}]\n{name} = a:b\n".encode(), "entry_points.txt")
        assert f"declares the command {name!r}, which not every system can install or call" in (said or "")
    assert objection_to_entry_points(f"[plug.ins]\n{name} = a:b\n".encode(), "entry_points.txt") is None


@pytest.mark.parametrize("name", ["a", "a-b", "a.b", "_x", "console", "com", "com10", "nully", "auxiliary", "3to2"])
def test_commands_like_those_that_people_have_are_taken(name):
    assert objection_to_entry_points(f"[console_scripts]\n{name} = a:b\n".encode(), "entry_points.txt") is None
