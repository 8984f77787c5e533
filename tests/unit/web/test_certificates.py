"""A certificate that clients would refuse stops the start, and the sentence says what is wrong with which file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from pratique.core.clock import HOUR, Instant
from pratique.core.errors import Invalid
from pratique.store.clocks import SystemClock
from pratique.web.certificates import CertificateFiles, check_validity, read_certificate
from tests.harness.certificates import Authority

NAMES = ("packages.example.test", "*.inner.example.test", "10.0.0.1")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def files(chain: Path, key: Path) -> CertificateFiles:
    return CertificateFiles(str(chain), str(key))


def test_a_good_certificate_tells_its_names_and_its_end(authority: Authority) -> None:
    found = read_certificate(files(*authority.certify(*NAMES)))

    assert found.names == NAMES
    now = SystemClock().now()
    check_validity(found, now)
    assert 23 * HOUR < found.ends - now < 25 * HOUR
    assert not found.open_key


@pytest.mark.parametrize(
    ("host", "covered"),
    [
        ("packages.example.test", True),
        ("Packages.Example.test", True),
        ("10.0.0.1", True),
        ("a.inner.example.test", True),
        ("a.b.inner.example.test", False),
        ("inner.example.test", False),
        ("10.0.0.2", False),
        ("example.test", False),
    ],
)
def test_a_certificate_is_for_its_names_only(authority: Authority, host: str, covered: bool) -> None:
    assert read_certificate(files(*authority.certify(*NAMES))).covers(host) is covered


def test_a_key_that_everybody_can_read_is_noticed(authority: Authority) -> None:
    chain, key = authority.certify("x.test", into="open")
    key.chmod(0o644)
    assert read_certificate(files(chain, key)).open_key


Spoil = Callable[[Path, Path, Authority], None]


def without(_chain: Path, key: Path, _authority: Authority) -> None:
    key.unlink()


def no_certificate(chain: Path, _key: Path, _authority: Authority) -> None:
    chain.write_text("no certificate")


def swapped(chain: Path, key: Path, _authority: Authority) -> None:
    chain.write_bytes(key.read_bytes())


def damaged_certificate(chain: Path, _key: Path, _authority: Authority) -> None:
    lines = chain.read_text().splitlines()
    chain.write_text("\n".join([lines[0], *lines[3:]]))


def damaged_key(_chain: Path, key: Path, _authority: Authority) -> None:
    key.write_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")


def no_key(_chain: Path, key: Path, _authority: Authority) -> None:
    key.write_text("")


def key_of_another(_chain: Path, key: Path, authority: Authority) -> None:
    key.write_bytes(authority.certify("other.test", into="other")[1].read_bytes())


def wrong_order(chain: Path, _key: Path, authority: Authority) -> None:
    chain.write_bytes(authority.path.read_bytes() + chain.read_bytes())


def encrypted(chain: Path, key: Path, authority: Authority) -> None:
    other = authority.certify("x.test", into="closed", password="secret")
    chain.write_bytes(other[0].read_bytes())
    key.write_bytes(other[1].read_bytes())


def a_folder(_chain: Path, key: Path, _authority: Authority) -> None:
    key.unlink()
    key.mkdir()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (without, "`tls_key`: there is no file"),
        (a_folder, "cannot be read (Is a directory)"),
        (no_certificate, "holds no certificate"),
        (swapped, "were certificate and key swapped?"),
        (damaged_certificate, "holds a certificate that is damaged"),
        (no_key, "holds no private key"),
        (damaged_key, "is damaged or of a kind that is not known"),
        (key_of_another, "is not the key of the certificate in"),
        (wrong_order, "own certificate must stand first"),
        (encrypted, "is encrypted, and nobody is there to type its password"),
    ],
    ids=lambda one: getattr(one, "__name__", "says"),
)
def test_what_cannot_be_used_is_told_by_file_and_fault(tmp_path: Path, spoil: Spoil, sentence: str) -> None:
    authority = Authority(tmp_path)
    chain, key = authority.certify("x.test")
    spoil(chain, key, authority)

    with pytest.raises(Invalid) as refusal:
        read_certificate(files(chain, key))

    assert sentence in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_a_certificate_that_has_ended_or_not_begun_is_refused_with_its_day(authority: Authority) -> None:
    found = read_certificate(files(*authority.certify("x.test", ends=timedelta(hours=1))))

    with pytest.raises(Invalid, match="expired 2 hours ago, on 20"):
        check_validity(found, Instant(found.ends + 2 * HOUR))
    with pytest.raises(Invalid, match="check this machine's clock"):
        check_validity(found, Instant(found.begins - HOUR))


def test_a_file_that_was_replaced_is_known_by_its_identity(authority: Authority) -> None:
    where = files(*authority.certify("x.test", into="replaced"))
    before = where.identity()
    assert where.identity() == before
    authority.certify("x.test", into="replaced")
    assert where.identity() != before
    Path(where.key).unlink()
    assert where.identity()[1] == (0, 0, 0)
