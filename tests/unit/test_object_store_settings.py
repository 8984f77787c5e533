"""Settings of the object store that holds files: what they become, and what is refused with a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pratique.core.errors import Invalid
from pratique.settings import load_settings
from pratique.settings.object_store import address_of, is_object_store, patience_of

BUCKET = 'blobs = "s3://files/pratique"\n'


def load(folder: Path, text: str) -> Any:
    path = folder / "pratique.toml"
    path.write_text(text)
    return load_settings(path, {})


def credentials(folder: Path, text: str, mode: int = 0o600) -> str:
    path = folder / "credentials"
    path.write_text(text)
    path.chmod(mode)
    return f'[object_store]\ncredentials_file = "{path}"\n'


def test_a_bucket_its_server_and_the_credentials_of_the_file_become_an_address(tmp_path: Path) -> None:
    keys = credentials(tmp_path, 'access_key_id = "me"\nsecret_access_key = "hush"\n')
    text = BUCKET + keys + 'endpoint = "https://s3.example.test/"\nregion = "eu-north-1"\nread_timeout = "2 s"\n'
    settings = load(tmp_path, text)

    address = address_of(settings)

    assert is_object_store(settings)
    assert address.url == "s3://files/pratique"
    assert address.options == {
        "endpoint": "https://s3.example.test",
        "region": "eu-north-1",
        "access_key_id": "me",
        "secret_access_key": "hush",
    }
    assert not address.allow_http
    assert "hush" not in repr(address)
    assert patience_of(settings).read == 2_000


def test_what_is_not_said_is_left_to_the_environment_and_http_to_this_machine(tmp_path: Path) -> None:
    assert address_of(load(tmp_path, BUCKET)).options == {}
    near = address_of(load(tmp_path, BUCKET + '[object_store]\nendpoint = "http://127.0.0.1:8333"\n'))
    assert near.allow_http
    far = BUCKET + '[object_store]\nendpoint = "http://s3.internal:8333"\nallow_http = true\n'
    assert address_of(load(tmp_path, far)).allow_http


def test_a_folder_is_no_object_store(tmp_path: Path) -> None:
    assert not is_object_store(load(tmp_path, 'blobs = "/srv/files"\n'))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('blobs = "files"\n', "must be an absolute path, or a bucket"),
        ('blobs = "ftp://files/x"\n', "ftp:// is unknown"),
        ('blobs = "s3://"\n', "names no bucket"),
        ('blobs = "s3://me:hush@files/x"\n', "credentials do not belong into it"),
        ('blobs = "s3://files/x?key=hush"\n', "no plain URL of a bucket"),
        ('blobs = "s3://[files"\n', "no plain URL of a bucket"),
        (BUCKET + '[object_store]\nendpoint = "s3.example.test"\n', "no plain http or https URL"),
        (BUCKET + '[object_store]\nendpoint = "https://me:hush@s3.example.test"\n', "no plain http or https URL"),
        (BUCKET + '[object_store]\nendpoint = "https://[x"\n', "no plain http or https URL"),
        (BUCKET + '[object_store]\nendpoint = "http://s3.example.test"\n', "set `allow_http = true`"),
        (BUCKET + '[object_store]\ncredentials_file = "here"\n', "must be an absolute path"),
        (BUCKET + '[object_store]\nca_file = "here"\n', "must be an absolute path"),
        ('blobs = "gs://files/x"\n[object_store]\ncredentials_file = "/x"\n', "is for s3:// only"),
        (BUCKET + '[object_store]\ncopies = "1 MB"\n', "at least 64 MB"),
        (BUCKET + "[object_store]\nkeys = 1\n", "has no use for `object_store.keys`"),
    ],
)
def test_a_place_that_cannot_be_one_is_refused_without_telling_a_password(
    tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(Invalid) as caught:
        load(tmp_path, text)

    assert sentence in str(caught.value)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "mode", "sentence"),
    [
        ('access_key_id = "me"\nsecret_access_key = "hush"\n', 0o644, "run: chmod 600"),
        ('access_key_id = "me"\n', 0o600, "has to hold"),
        ('access_key_id = "me"\nsecret_access_key = "hush"\nregion = "x"\n', 0o600, "and nothing else"),
        ('access_key_id = "me"\nsecret_access_key = ["hush"]\n', 0o600, "has to hold"),
        ("hush = hush\n", 0o600, "has to hold"),
        (None, 0o600, "cannot be read"),
    ],
    ids=["open", "half", "more", "list", "no toml", "missing"],
)
def test_a_file_of_credentials_is_closed_to_others_and_holds_them_or_it_is_refused(
    tmp_path: Path, text: str | None, mode: int, sentence: str
) -> None:
    settings = load(tmp_path, BUCKET + credentials(tmp_path, text or "", mode))
    if text is None:
        (tmp_path / "credentials").unlink()

    with pytest.raises(Invalid) as caught:
        address_of(settings)

    assert sentence in str(caught.value)
    assert "hush" not in str(caught.value)
