import errno
import os
import re
import stat
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.errors import Conflict, Invalid
from pratique.settings import Settings, load_settings
from pratique.settings.first_file import first_file
from pratique.settings.folder import DataFolder, default_root, write_private
from pratique.settings.limits import flight_limits, freshness, upstream_access, upstream_limits, web_limits
from pratique.settings.quantities import Duration, Size, in_units, read_quantity
from pratique.settings.values import DownloadSettings, RepositorySettings, UpstreamSettings
from pratique.trust.signing import Signer

UPSTREAMS = {"npm": ["https://npm.example.test"], "pypi": ["https://pypi.example.test/simple"]}


def read(tmp_path, text="", environment=None, **given):
    path = tmp_path / "pratique.toml"
    path.write_text(text)
    return load_settings(path, environment or {}, given)


def test_without_a_file_everything_has_its_default_and_there_is_one_repository(tmp_path):
    settings = load_settings(tmp_path / "missing.toml", {})

    assert (settings.host, settings.port) == ("127.0.0.1", 7417)
    assert settings.repositories == {"main": RepositorySettings()}
    assert settings.origins == ("http://127.0.0.1:7417", "http://localhost:7417")


def test_the_rooms_below_get_their_own_defaults_where_nothing_is_said():
    from pratique.core.limits import FlightLimits, Freshness, UpstreamLimits
    from pratique.web.limits import WebLimits

    assert upstream_limits(UpstreamSettings()) == UpstreamLimits()
    assert freshness(UpstreamSettings()) == Freshness()
    assert flight_limits(DownloadSettings()) == FlightLimits()
    assert web_limits(Settings(repositories={})) == WebLimits()


def test_the_first_file_says_what_was_found_and_the_defaults_of_everything_else(tmp_path):
    text = first_file(UPSTREAMS)
    plain = read(tmp_path, text)
    # `anonymous_read` has no fixed default, and the last table is an example.
    uncommented = re.sub(r"(?m)^# (?=(?!anonymous_read|user|password|file_hosts)[a-z_]+ = )", "", text)

    assert plain.repositories["main"].upstreams == {key: tuple(urls) for key, urls in UPSTREAMS.items()}
    assert "[upstream]\n" in uncommented
    assert "\nsilence = 30\n" in uncommented
    assert read(tmp_path, uncommented) == plain


def test_the_first_file_explains_every_setting(tmp_path):
    lines = first_file(UPSTREAMS).splitlines()
    settings = [number for number, line in enumerate(lines) if re.match(r"# [a-z_]+ = ", line)]

    unexplained = [lines[number] for number in settings if not re.match(r"# [A-Z`]|# [a-z].*[.]", lines[number - 1])]

    # The example of an upstream with a password explains itself as a whole.
    assert [line.split()[1] for line in unexplained] == ["user", "password", "file_hosts"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("prot = 1", "`prot`. Did you mean `port`?"),
        ("[upstream]\nsilense = 3", "`upstream.silense`. Did you mean `silence`?"),
        ("[repositories.main]\nupstreem = {}", "`repositories.main.upstreem`. Did you mean `upstreams`?"),
        ("[publish.archive]\nxyz = 1", "`publish.archive.xyz`; known here: `max_entries`"),
        ("port = 'x'", "`port`: expected `int`, got `str`"),
        ("port = 70000", "choose one from 1 to 65535"),
        ("[upstream]\nsilence = '3 fortnights'", "`upstream.silence`: '3 fortnights' is no quantity"),
        ("[upstream]\nsilence = -1", "is no quantity"),
        ("port = ", "is no TOML"),
        ("[repositories.Main]", "lower-case letters"),
        ("[repositories.api]", "the server uses /api itself"),
        ("[repositories.main.upstreams]\nnpm = ['ftp://x.test']", "is no http or https URL"),
        ("[repositories.main.upstreams]\nnpm = ['https://me:pw@x.test']", "carries a password"),
        ("[repositories.main.upstreams]\nnpm = ['https://x.test/?a=b']", "query or fragment"),
        ("[advisories]\nsources = ['https://me:pw@x.test/all.zip']", "the URL of x.test carries a user or password"),
        ("[advisories]\nsources = ['https://me@x.test/all.zip']", "the URL of x.test carries a user or password"),
        ("[advisories]\nsources = ['https://me:p/w@x.test/all.zip']", "neither a path nor an http or https URL"),
        ("[advisories]\nsources = ['ftp://x.test/all.zip']", "neither a path nor an http or https URL"),
        ("public_urls = ['https://x.test/path']", "is no plain origin"),
        ("trusted_proxies = ['proxy']", "is no IP address or network"),
        ("unsafe_test_clock = 'clock'", "must be an absolute path"),
        ("unsafe_test_clock = '/c'\nbehind_proxy = true\npublic_urls = ['https://x.test']", "works on loopback only"),
        ("host = '0.0.0.0'", "passwords would travel in clear text"),
        ("host = '0.0.0.0'\nbehind_proxy = true", "it has to know its own name"),
        ("public_urls = ['https://packages.example.test']", "by which others reach this server"),
        ("public_urls = ['http://127.0.0.1', 'http://10.0.0.1']", "names http://10.0.0.1"),
        ("unsafe_test_clock = '/c'\npublic_urls = ['https://x.test']", "works on loopback only"),
        ("public_urls = ['https://[x']", "is no plain origin"),
        ("tls_key = 'k'", "belong together"),
        ("tls_key = 'k'\ntls_certificate = '/c'", "`tls_key` must be an absolute path"),
        ("behind_proxy = true\npublic_urls = ['http://x.test']", "as the proxy in front speaks it"),
        ("tls_key = '/k'\ntls_certificate = '/c'\npublic_urls = ['http://x.test']", "write https://, as this server"),
        ("workers = 65", "choose 1 to 64"),
        ("[jobs]\nat_once = 0", "wait for ever"),
        ("[limits]\nmissing = -1", "`limits.missing` is below zero"),
        ("[limits]\nsearch = 1", "`limits.search`. Did you mean `searches`?"),
    ],
)
def test_settings_that_cannot_work_are_refused_with_a_sentence_that_names_them(tmp_path, text, sentence):
    with pytest.raises(Invalid) as refusal:
        read(tmp_path, text)

    assert sentence in str(refusal.value)


def test_a_signed_source_of_advisories_and_a_path_are_fine(tmp_path):
    sources = ("https://x.test/all.zip?signature=abc", "/srv/osv")

    assert read(tmp_path, f"[advisories]\nsources = {list(sources)}").advisories.sources == sources


def test_the_refusal_of_a_source_does_not_repeat_its_password(tmp_path):
    for user in ("me:hunter2@", "me:hunter2/@", "me:x?hunter2@"):
        with pytest.raises(Invalid) as refusal:
            read(tmp_path, f"[advisories]\nsources = ['https://{user}x.test/all.zip']")
        assert "hunter2" not in str(refusal.value)


def test_the_environment_overrides_the_file_and_the_command_line_both(tmp_path):
    environment = {
        "PRATIQUE_PORT": "8000",
        "PRATIQUE_HOST": "127.0.0.2",
        "PRATIQUE_UPSTREAM__SILENCE": "10 s",
        "PRATIQUE_REPOSITORIES__MAIN__UPSTREAMS__NPM": '["https://npm.example.test"]',
        "PRATIQUE_REPOSITORIES__MAIN__ANONYMOUS_READ": "false",
        "PRATIQUE_TOKEN": "of the command",
        "PATH": "/bin",
    }
    settings = read(tmp_path, "port = 7000\nhost = '127.0.0.3'", environment, port=9000, workers=None)

    assert (settings.port, settings.host, settings.upstream.silence) == (9000, "127.0.0.2", 10)
    assert settings.repositories["main"] == RepositorySettings(
        upstreams={"npm": ("https://npm.example.test",)}, anonymous_read=False
    )


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PRATIQUE_PROT", "1", "PRATIQUE_PROT is no setting. Did you mean `port`?"),
        ("PRATIQUE_PORT__X", "1", "nothing stands below `x`"),
        ("PRATIQUE_UPSTREAM__SILENSE", "1", "Did you mean `silence`?"),
        ("PRATIQUE_PORT", "eight", "PRATIQUE_PORT is no TOML value"),
        ("PRATIQUE_BEHIND_PROXY", "yes", "PRATIQUE_BEHIND_PROXY is no TOML value"),
    ],
)
def test_a_variable_that_is_no_setting_is_refused_by_name(tmp_path, name, value, sentence):
    with pytest.raises(Invalid) as refusal:
        read(tmp_path, "", {name: value})

    assert sentence in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "anonymous"),
    [
        ("", True),
        ("behind_proxy = true\npublic_urls = ['https://x.test']", False),
        ("public_urls = ['https://localhost', 'http://127.0.0.1:80', 'http://[::1]']", True),
        ("public_urls = ['https://x.test']\ntls_certificate = '/c'\ntls_key = '/k'", False),
        ("host = '10.0.0.1'\nbehind_proxy = true\npublic_urls = ['https://x.test']", False),
        ("[repositories.main]\nanonymous_read = false", False),
    ],
)
def test_reads_are_anonymous_only_where_nobody_else_can_connect_or_somebody_said_so(tmp_path, text, anonymous):
    assert read(tmp_path, text).anonymous_read("main") is anonymous


@pytest.mark.parametrize(
    ("text", "only_by_proxy", "believed"),
    [
        ("", False, 0),
        ("trusted_proxies = ['10.0.0.0/8']", False, 0),
        ("behind_proxy = true\npublic_urls = ['https://x.test']\ntrusted_proxies = ['10.0.0.0/8']", True, 1),
        ("behind_proxy = true\npublic_urls = ['https://x.test']\ntls_certificate = '/c'\ntls_key = '/k'", False, 2),
    ],
)
def test_proxies_are_believed_where_they_stand_and_needed_where_nothing_else_encrypts(
    tmp_path, text, only_by_proxy, believed
):
    limits = web_limits(read(tmp_path, text))

    assert (limits.only_by_proxy, len(limits.trusted_proxies)) == (only_by_proxy, believed)


def test_a_password_of_an_upstream_stays_beside_its_url_and_out_of_what_is_printed(tmp_path):
    settings = read(tmp_path, '[upstream.access."https://x.test/npm"]\nuser = "me"\npassword = "hush"')

    assert upstream_access(settings)["https://x.test/npm"].credentials.header().startswith("Basic ")
    assert "hush" not in repr(upstream_access(settings))


@given(st.text(max_size=40))
def test_any_text_is_a_quantity_or_refused(text):
    for kind in (Size, Duration):
        try:
            assert read_quantity(kind, text) >= 0
        except ValueError as error:
            assert "is no quantity" in str(error)  # noqa: PT017


@given(st.integers(0, 1 << 50))
def test_a_size_reads_back_as_it_was_written(size):
    written = tomllib.loads(f"value = {in_units(Size(size))}")["value"]

    assert read_quantity(Size, written) == size


@given(st.integers(0, 10**10))
def test_a_time_reads_back_as_it_was_written(milliseconds):
    duration = Duration(milliseconds / 1000)
    written = tomllib.loads(f"value = {in_units(duration)}")["value"]

    assert read_quantity(Duration, written) == pytest.approx(duration, abs=1e-6)


@given(st.text(max_size=200))
def test_any_file_is_read_or_refused_with_a_sentence(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        assert isinstance(load_settings(path, {}), Settings)
    except Invalid as error:
        assert len(str(error)) > 20  # noqa: PT017


def test_a_new_data_folder_is_for_its_owner_only(tmp_path):
    folder = DataFolder(tmp_path / "a" / "data")
    folder.create()
    folder.secret()

    assert stat.S_IMODE(folder.root.stat().st_mode) == 0o700
    assert stat.S_IMODE(folder.secret_file.stat().st_mode) == 0o600
    assert folder.secret() == folder.secret()
    assert len(folder.secret()) == 32


@pytest.mark.parametrize("content", [b"", b"short", bytes(33)])
def test_a_secret_that_was_cut_short_is_refused_and_left_as_it_is(tmp_path, content):
    folder = DataFolder(tmp_path / "data")
    folder.create()
    folder.secret_file.write_bytes(content)

    with pytest.raises(Invalid, match=rf"holds {len(content)} bytes instead of 32.*restore it from the backup"):
        folder.server_name()
    assert folder.secret_file.read_bytes() == content


def test_an_empty_settings_file_is_refused_where_the_folder_is_in_use_and_fine_before(tmp_path):
    assert read(tmp_path, "") == load_settings(tmp_path / "missing.toml", {})

    (tmp_path / "secret").write_bytes(bytes(32))
    with pytest.raises(Invalid, match=r"is empty in a folder that is in use.*restore it, or remove it"):
        read(tmp_path, "")


@pytest.mark.parametrize("left", ["missing", "empty"])
@pytest.mark.parametrize("sign", ["pratique.db-changes", "blobs/ab/cd/abcd"])
def test_a_database_that_is_gone_is_not_begun_anew_where_there_was_one(tmp_path, left, sign):
    folder = DataFolder(tmp_path / "data")
    folder.create()
    if left == "empty":
        folder.database_file.touch()
    folder.refuse_lost_database(Settings())  # a first start that was broken off begins again

    (folder.root / sign).parent.mkdir(parents=True, exist_ok=True)
    (folder.root / sign).touch()
    with pytest.raises(Conflict, match=f"is {left}, and this folder was used with one: restore it from the backup"):
        folder.refuse_lost_database(Settings())
    folder.refuse_lost_database(Settings(database="postgresql://somewhere"))
    assert not folder.database_file.exists() or left == "empty"


def test_a_folder_that_others_can_read_is_refused_with_the_command_that_helps(tmp_path):
    folder = DataFolder(tmp_path / "data")
    folder.root.mkdir(mode=0o755)

    with pytest.raises(Invalid, match="chmod 700"):
        folder.create()


@pytest.mark.parametrize("name", ["", "lock", "logs", "pratique.db", "blobs", "tmp"])
def test_what_cannot_be_written_is_named_before_anything_is_tried(tmp_path, monkeypatch, name):
    folder = DataFolder(tmp_path / "data")
    folder.create()
    for each in ("lock", "pratique.db"):
        (folder.root / each).touch()
    for each in ("blobs", "tmp"):
        (folder.root / each).mkdir()
    folder.refuse_unwritable()

    # Whoever runs the tests as root may write everything that is not on a read-only disk.
    monkeypatch.setattr("os.access", lambda path, _mode: path != folder.root / name)
    with pytest.raises(Invalid, match=f'{re.escape(str(folder.root / name))}" cannot be written: give it to the user'):
        folder.refuse_unwritable()


@pytest.mark.parametrize("name", ["secret", "pratique.toml", "signing-key.pem"])
def test_what_cannot_be_read_is_named_before_anything_is_tried(tmp_path, monkeypatch, name):
    folder = DataFolder(tmp_path / "data")
    folder.create()
    (folder.root / name).touch()

    monkeypatch.setattr("os.access", lambda path, mode: path != folder.root / name or not mode & os.R_OK)
    with pytest.raises(Invalid, match=f'{re.escape(name)}" cannot be read: give it to the user .*chmod 600'):
        folder.refuse_unwritable()


def test_a_log_of_another_user_is_named_before_anything_is_tried(tmp_path, monkeypatch):
    folder = DataFolder(tmp_path / "data")
    folder.create()
    (folder.logs / "web.jsonl").touch()

    monkeypatch.setattr("os.access", lambda path, _mode: path != folder.logs / "web.jsonl")
    with pytest.raises(Invalid, match=r'web\.jsonl" cannot be written: give it to the user'):
        folder.refuse_unwritable()


@pytest.mark.parametrize("name", ["", "blobs", "tmp", "unrecorded"])
def test_a_folder_for_files_elsewhere_that_cannot_be_written_is_named(tmp_path, monkeypatch, name):
    files = tmp_path / "files"
    for each in ("blobs", "tmp", "unrecorded"):
        (files / each).mkdir(parents=True)
    folder = DataFolder(tmp_path / "data")
    folder.refuse_unwritable_blobs(str(files))

    monkeypatch.setattr("os.access", lambda path, _mode: path != files / name)
    with pytest.raises(Invalid, match=f'{re.escape(str(files / name))}" cannot be written'):
        folder.refuse_unwritable_blobs(str(files))


def test_a_folder_that_cannot_be_looked_into_is_refused_with_a_sentence(tmp_path):
    assert not DataFolder(tmp_path / "none").is_begun()
    with pytest.raises(Invalid, match=r"cannot be looked into .*chmod 700"):
        DataFolder(tmp_path / ("x" * 300)).is_begun()


def test_a_secret_that_cannot_be_read_is_refused_with_a_sentence(tmp_path):
    folder = DataFolder(tmp_path)
    folder.secret_file.mkdir()

    with pytest.raises(Invalid, match=r'secret" cannot be read .*chown'):
        folder.secret()


def test_a_signing_key_of_another_user_is_to_be_given_to_this_one_and_not_made_anew(tmp_path, monkeypatch):
    def refuse(_path):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    with pytest.raises(Invalid, match=r'key.pem" cannot be read: give it to the user .*chmod 600') as told:
        _ = Signer(tmp_path / "key.pem").key_id
    assert "openssl" not in str(told.value)


def test_a_folder_that_cannot_be_made_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(Invalid, match="cannot be made"):
        DataFolder(tmp_path / "file" / "data").create()


def test_the_data_lies_where_every_command_finds_it_from_anywhere():
    assert str(default_root({"PRATIQUE_DATA": "/srv/p", "XDG_DATA_HOME": "/x"})) == "/srv/p"
    assert str(default_root({"XDG_DATA_HOME": "/x"})) == "/x/pratique"
    assert str(default_root({})).endswith("/.local/share/pratique")


def test_a_private_file_replaces_an_older_one_whole(tmp_path):
    path = tmp_path / "secret"
    write_private(path, b"one")
    write_private(path, b"two")

    assert path.read_bytes() == b"two"
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret"]


def test_a_private_file_without_room_stays_as_it_was_and_nothing_lies_beside_it(tmp_path, monkeypatch):
    def refuse(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "secret"
    write_private(path, b"one")
    monkeypatch.setattr("os.fsync", refuse)

    with pytest.raises(OSError, match="No space left"):
        write_private(path, b"two")

    assert path.read_bytes() == b"one"
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret"]
