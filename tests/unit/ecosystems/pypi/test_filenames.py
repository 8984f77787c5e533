"""File names: what an index may list, and what an upload may be called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.errors import Invalid
from pratique.ecosystems.pypi.filenames import SDIST, WHEEL, FileName, check_upload_filename, read_filename, rival


@pytest.mark.parametrize(
    ("filename", "project", "expected"),
    [
        ("Flask-3.0.0-py3-none-any.whl", "flask", FileName("3.0.0", WHEEL)),
        ("a_b-1.0-2-cp311-abi3-linux_x86_64.whl", "a-b", FileName("1.0", WHEEL)),
        ("zope.interface-5.0.tar.gz", "zope-interface", FileName("5.0", SDIST)),
        ("python-dateutil-2.8.zip", "python-dateutil", FileName("2.8", SDIST)),
        ("a-1.0-1.tar.gz", "a", FileName("1.0.post1", SDIST)),
        ("a-1.0-beta.tar.bz2", "a", FileName("1.0b0", SDIST)),
        ("a-1!2.0+local.tar.gz", "a", FileName("1!2.0+local", SDIST)),
    ],
)
def test_a_listed_file_says_version_and_type(filename, project, expected):
    assert read_filename(filename, project) == expected


@pytest.mark.parametrize(
    "filename",
    [
        "a-1.0-py2.7.egg",
        "a-1.0.win32.exe",
        "a-1.0-1.noarch.rpm",
        "a-1.0.win32.zip",
        "b-1.0.tar.gz",
        "b-1.0-py3-none-any.whl",
        "a-nonsense.tar.gz",
        "a-1.0-py3.whl",
        "../a-1.0.tar.gz",
        "a-1.0.tar.gz/..",
        "a-1.0.tar.gz?x",
        "a-1.0 .tar.gz",
        ".a-1.0.tar.gz",
        "a-1.0.tar.gz.metadata",
        "a-1.0\n.tar.gz",
        "a-" + "1." * 200 + "0.tar.gz",
        "",
    ],
)
def test_what_is_no_wheel_or_sdist_of_the_project_is_not_offered(filename):
    assert read_filename(filename, "a") is None


@given(st.text(max_size=60), st.sampled_from([".whl", ".tar.gz", ".zip", ""]))
def test_any_text_is_read_or_none(stem, ending):
    named = read_filename(stem + ending, "a")

    assert named is None or "/" not in stem


@pytest.mark.parametrize(
    ("filename", "filetype"),
    [
        ("demo_pkg-1.0-py3-none-any.whl", WHEEL),
        ("Demo.Pkg-1.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", WHEEL),
        ("demo-pkg-1.0.tar.gz", SDIST),
        ("demo_pkg-1.0.0.tar.gz".replace("1.0.0", "1.0"), SDIST),
    ],
)
def test_an_upload_named_by_the_rules_passes(filename, filetype):
    check_upload_filename(filename, "Demo.Pkg", "1.0", filetype)


@pytest.mark.parametrize(
    ("filename", "filetype", "sentence"),
    [
        ("demo_pkg-1.1.tar.gz", SDIST, "does not belong to"),
        ("other-1.0.tar.gz", SDIST, 'expected "demo_pkg-1.0.tar.gz"'),
        ("demo_pkg-1.0.zip", SDIST, "PEP 625"),
        ("demo_pkg-1.0.tar.gz", WHEEL, "no name of a wheel"),
        ("demo_pkg-1.0-py3-none-any.whl", SDIST, "PEP 625"),
        ("demo_pkg-1.0-py3-none.whl", WHEEL, "no name of a wheel"),
        ("demo_pkg-1.0-x-py3-none-any.whl", WHEEL, "no name of a wheel"),
        ("demo_pkg-1.0-" + ".".join(["a"] * 40) + "-" + ".".join(["b"] * 40) + "-any.whl", WHEEL, "combinations"),
        ("a/demo_pkg-1.0.tar.gz", SDIST, "no file name"),
        ("..", SDIST, "no file name"),
    ],
)
def test_an_upload_named_otherwise_is_refused_with_the_reason(filename, filetype, sentence):
    with pytest.raises(Invalid, match=sentence):
        check_upload_filename(filename, "Demo.Pkg", "1.0", filetype)


@pytest.mark.parametrize(
    ("mine", "other", "meant"),
    [
        ("1", "01", True),
        ("1", "1", True),
        ("2_x", "02_X", True),
        ("0", "00", True),
        ("1", "2", False),
        ("1", "1a", False),
        ("1a", "1b", False),
        ("10", "1", False),
        ("0", None, False),
        (None, None, True),
    ],
)
def test_wheels_of_one_build_number_however_it_is_written_are_rivals(mine, other, meant):
    first, second = (f"a-1.0{'' if one is None else f'-{one}'}-py3-none-any.whl" for one in (mine, other))

    assert (rival(first, [second]) == second) is meant
