"""What clients read: refused files stay listed as yanked with the sentence, in both forms alike."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.core.artifacts import Digests, Manifest, OwnFile
from pratique.core.clock import Instant
from pratique.core.decisions import Action
from pratique.core.names import ProjectKey
from pratique.ecosystems.pypi import PYPI
from tests.unit.ecosystems.pypi.documents import BASE, JSON_TYPE, SHA, decided, document, entry, read, written

THREE = document(
    entry(
        "demo-1.0-py3-none-any.whl", core_metadata={"sha256": "b" * 64}, requires_python=">=3.8", provenance="https://x"
    ),
    entry("demo-1.1-py3-none-any.whl"),
    entry("demo-2.0rc1.tar.gz", yanked="theirs"),
)


class Anchors(HTMLParser):
    """The anchors of a page, and every tag that is not expected in one."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.texts: list[str] = []
        self.tags: set[str] = set()
        self.feed(page.decode())

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "a":
            assert len(dict(attrs)) == len(attrs)
            self.found.append(dict(attrs))
            self.texts.append("")

    def handle_data(self, data):
        if self.found and self.lasttag == "a":
            self.texts[-1] += data


def page(listing, form: str = "html") -> bytes:
    return PYPI.write_listing(listing, form).body


def test_files_are_fetched_from_here_and_carry_what_installers_need():
    first = written(decided(read(THREE)))["files"][0]

    assert first == {
        "filename": "demo-1.0-py3-none-any.whl",
        "url": f"{BASE}/files/demo/demo-1.0-py3-none-any.whl",
        "hashes": {"sha256": SHA},
        "size": 10,
        "upload-time": "2024-01-02T03:04:05.678901Z",
        "requires-python": ">=3.8",
        "provenance": "https://x",
        "core-metadata": {"sha256": "b" * 64},
        "dist-info-metadata": {"sha256": "b" * 64},
        "yanked": False,
    }


BLOCKED = (
    "Blocked by policy cooldown: demo@1.1 is 1 hour old; allowed: 1.0; do not retry or substitute; "
    "see http://127.0.0.1:7417/r/id234"
)
NOT_OFFERED = (
    "Not offered by policy cooldown: demo@1.1 is 1 hour old; allowed: 1.0; pins of it are served; "
    "see http://127.0.0.1:7417/r/id234"
)


@pytest.mark.parametrize(
    ("action", "sentence"), [(Action.HIDE, NOT_OFFERED), (Action.HOLD, BLOCKED), (Action.DENY, BLOCKED)]
)
def test_a_refused_release_is_listed_as_yanked_with_the_sentence(action, sentence):
    files = written(decided(read(THREE), {"1.1": action}))["files"]

    assert [file["yanked"] for file in files] == [
        False,
        sentence,
        "theirs",
    ]


@pytest.mark.parametrize(("action", "refused"), [(Action.HIDE, False), (Action.HOLD, True), (Action.DENY, True)])
def test_a_server_in_front_reads_which_files_are_refused_and_not_only_hidden(action, refused):
    listing = decided(read(THREE), {"1.1": action})
    view = read(PYPI.write_listing(listing, "json").body)

    said = [PYPI.kept_back(view, file.filename) for file in view.files]

    assert said[0] is said[2] is None
    assert said[1] == (view.files[1].yanked if refused else None)
    assert PYPI.kept_back(view, "demo-9.9.tar.gz") is None


SAID = "Blocked by policy denylist: demo@1.1 is denied"


@pytest.mark.parametrize("yanked", [False, True, "theirs"])
@pytest.mark.parametrize("action", [Action.ALLOW, Action.HIDE])
def test_what_the_upstream_says_it_refuses_is_not_offered_whatever_else_it_says_of_it(action, yanked):
    view = read(document(entry("demo-1.0.zip"), entry("demo-1.1.zip", yanked=yanked) | {"_refused": SAID}))
    listing = decided(view, {"1.1": action})

    refused = written(listing)["files"][1]

    assert (refused["yanked"], refused["_refused"]) == (SAID, SAID)
    assert listing.allowed == ("1.0",)
    assert PYPI.kept_back(view, "demo-1.1.zip") == SAID


def test_what_is_refused_here_and_upstream_is_refused_with_our_sentence():
    view = read(document(entry("demo-1.0.zip"), entry("demo-1.1.zip") | {"_refused": SAID}))

    refused = written(decided(view, {"1.1": Action.DENY}))["files"][1]

    assert refused["yanked"] == refused["_refused"]
    assert refused["yanked"].startswith("Blocked by policy cooldown: demo@1.1")


@pytest.mark.parametrize("odd", [7, True, "", " \n", None, ["x"], {"a": 1}])
def test_a_refusal_that_is_no_sentence_is_none_and_is_not_passed_on(odd):
    view = read(document(entry("demo-1.0.zip") | {"_refused": odd}))

    (file,) = written(decided(view))["files"]

    assert file["yanked"] is False
    assert "_refused" not in file
    assert PYPI.kept_back(view, "demo-1.0.zip") is None


@pytest.mark.parametrize("action", [Action.ALLOW, Action.WARN])
def test_what_is_allowed_or_warned_about_keeps_the_upstreams_word(action):
    files = written(decided(read(THREE), {"1.0": action, "2.0rc1": action}))["files"]

    assert [file["yanked"] for file in files] == [False, False, "theirs"]


@pytest.mark.parametrize(
    ("refused", "named"),
    [
        ({"1.0": Action.HOLD}, "allowed: 1.1;"),
        ({"1.0": Action.HOLD, "1.1": Action.HIDE}, "allowed: none;"),
        ({"1.0": Action.HOLD, "1.1": Action.HIDE, "2.0rc1": Action.DENY}, "allowed: none;"),
    ],
)
def test_the_sentence_names_the_newest_version_that_is_allowed_and_not_yanked(refused, named):
    assert named in written(decided(read(THREE), refused))["files"][0]["yanked"]


def test_a_final_release_is_offered_before_a_newer_pre_release():
    view = read(document(entry("demo-1.0.zip"), entry("demo-2.0rc1.zip"), entry("demo-0.9.zip")))

    assert "allowed: 1.0;" in written(decided(view, {"0.9": Action.HOLD}))["files"][2]["yanked"]


def test_all_versions_are_named_even_refused_ones():
    assert written(decided(read(THREE), {"1.1": Action.DENY}))["versions"] == ["1.0", "1.1", "2.0rc1"]


def test_promises_match_what_is_listed():
    whole = written(decided(read(THREE)))
    partial = written(decided(read(document(entry("demo-1.0.zip", size=None)))))

    assert whole["meta"]["api-version"] == "1.4"
    assert partial["meta"]["api-version"] == "1.0"
    assert "size" not in partial["files"][0]


def test_project_status_passes_through_and_other_places_to_fetch_from_do_not():
    content = document(
        project_status={"status": "archived", "reason": 'a "quoted" one'},
        alternate_locations=["https://elsewhere.example.test/"],
        meta={"api-version": "1.4", "tracks": ["https://elsewhere.example.test/"], "_last-serial": 5},
    )
    listing = decided(read(content))

    document_written = written(listing)
    assert document_written["project-status"] == {"status": "archived", "reason": 'a "quoted" one'}
    assert document_written["meta"] == {"api-version": "1.4", "_last-serial": 5}
    assert b"elsewhere" not in PYPI.write_listing(listing, "json").body
    assert b'content="archived"' in page(listing)
    assert b'content="a &quot;quoted&quot; one"' in page(listing)


def test_no_address_of_the_upstreams_files_leaks():
    for form in ("json", "html", "html-v1"):
        assert b"files.example.test" not in page(decided(read(THREE)), form)


@pytest.mark.parametrize(
    ("form", "content_type"),
    [
        ("json", JSON_TYPE),
        ("html", "text/html; charset=utf-8"),
        ("html-v1", "application/vnd.pypi.simple.v1+html; charset=utf-8"),
    ],
)
def test_each_form_has_its_content_type(form, content_type):
    assert PYPI.write_listing(decided(read(THREE)), form).content_type == content_type


def test_a_signature_file_that_is_not_served_is_not_promised():
    assert "gpg-sig" not in written(decided(read(document(entry(gpg_sig=True)))))["files"][0]


PIN = {"sha256": "e" * 64}
REASONS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40) | st.sampled_from(
    ['"><script>alert(1)</script>', "' onclick='x", "<!--", "]]>", "&lt;", "\x00\x07\n"]
)


@given(st.lists(st.tuples(REASONS, REASONS, st.sampled_from(Action)), max_size=5))
@settings(max_examples=100)
def test_the_page_says_file_by_file_what_the_document_says(rows):
    entries = [
        entry(f"demo-{index}.0.tar.gz", yanked=reason, requires_python=requires, provenance=reason, core_metadata=PIN)
        for index, (reason, requires, _) in enumerate(rows)
    ]
    refused = {f"{index}.0": action for index, (*_, action) in enumerate(rows)}
    listing = decided(read(document(*entries)), refused)

    anchors = Anchors(page(listing))

    assert anchors.tags == {"html", "head", "meta", "title", "body", "h1"} | ({"a", "br"} if rows else set())
    for file, anchor, text in zip(written(listing)["files"], anchors.found, anchors.texts, strict=True):
        assert text.strip() == file["filename"]
        assert anchor["href"] == f"{file['url']}#sha256={file['hashes']['sha256']}"
        assert same(anchor["data-yanked"], "" if file["yanked"] is True else file["yanked"])
        assert same(anchor["data-requires-python"], file["requires-python"])
        assert anchor["data-core-metadata"] == anchor["data-dist-info-metadata"] == f"sha256={PIN['sha256']}"


def same(shown: str | None, meant: str) -> bool:
    """HTML has no form for NUL and some other controls; a parser shows a replacement there."""
    visible = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffd]")
    return shown is not None and visible.sub("", shown) == visible.sub("", meant)


@given(st.lists(st.tuples(REASONS, st.booleans()), max_size=4))
@settings(max_examples=50)
def test_a_second_pratique_reads_the_same_from_either_form(rows):
    entries = [
        entry(f"demo-{index}.0.tar.gz", yanked=reason.isprintable() and reason, core_metadata=stated and PIN)
        for index, (reason, stated) in enumerate(rows)
    ]
    listing = decided(read(document(*entries)), {"0.0": Action.HOLD})

    from_json = PYPI.read_listing("demo", page(listing, "json"), JSON_TYPE, f"{BASE}/simple/demo/")
    from_html = PYPI.read_listing("demo", page(listing, "html"), "text/html", f"{BASE}/simple/demo/")

    assert [shared(file) for file in from_json.files] == [shared(file) for file in from_html.files]
    assert [file.url for file in from_json.files] == [f"{BASE}/files/demo/{file.filename}" for file in from_json.files]


def shared(file):
    return file.filename, file.version, file.url, file.digests, file.yanked, file.metadata, file.execution_points


def own(filename: str = "demo_pkg-1.0-py3-none-any.whl", **changes) -> OwnFile:
    fields = {"name": "Demo_Pkg", "version": "1.0", "requires_python": ">=3.9"}
    manifest = Manifest("Demo_Pkg", "1.0", fields, b"Name: Demo_Pkg\n")
    given_fields = {
        "filename": filename,
        "version": "1.0",
        "digests": Digests(sha256=SHA, md5="c" * 32),
        "size": 10,
        "published": Instant(1_700_000_000_123),
        "manifest": manifest,
        "metadata": Digests(sha256="d" * 64),
    }
    return OwnFile(**(given_fields | changes))


def test_an_own_release_round_trips_through_a_second_pratique():
    key = ProjectKey(PYPI.id, "demo-pkg")
    mine = PYPI.own_project(key, (PYPI.own_file(own()), PYPI.own_file(own("demo_pkg-1.0.tar.gz", metadata=None))), {})

    body = PYPI.write_listing(decided(mine), "json").body
    theirs = PYPI.read_listing("demo-pkg", body, JSON_TYPE, f"{BASE}/simple/demo-pkg/")

    for ours, read_back in zip(mine.files, theirs.files, strict=True):
        assert (read_back.filename, read_back.version, read_back.size) == (ours.filename, ours.version, ours.size)
        assert (read_back.published, read_back.yanked, read_back.metadata) == (ours.published, None, ours.metadata)
        assert read_back.digests.sha256 == SHA
        assert read_back.raw["requires-python"] == ">=3.9"
        assert read_back.url == f"{BASE}/files/demo-pkg/{ours.filename}"


@pytest.mark.parametrize(("yanked", "shown"), [(None, False), ("", True), ("broken on Windows", "broken on Windows")])
def test_an_own_yank_is_shown_with_its_reason(yanked, shown):
    view = PYPI.own_project(ProjectKey(PYPI.id, "demo-pkg"), (PYPI.own_file(own(yanked=yanked)),), {})

    assert written(decided(view))["files"][0]["yanked"] == shown


def test_an_own_project_without_files_is_an_empty_page():
    view = PYPI.own_project(ProjectKey(PYPI.id, "demo"), (), {})

    assert written(decided(view))["files"] == []
    assert read(page(decided(view)), "text/html").files == ()
