"""No secret reaches the log, however and wherever it is written."""

import asyncio
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.trust.sessions import new_secret
from pratique.trust.tokens import new_token
from pratique.web.access_log import RequestLog, loggable_path, without_secrets

LINK = new_secret()
TOKEN = new_token()


def holds(logged: str, secret: str) -> bool:
    """Whether more of the secret is left than a name would have by chance."""
    return any(secret[start : start + 8] in logged for start in range(len(secret) - 7))


@pytest.mark.parametrize(
    "path",
    [
        "/admin/claim/SECRET",
        "/admin/claim//SECRET",
        "//admin//claim/SECRET",
        "/Admin/Claim/SECRET",
        "/%61dmin/claim/SECRET",
        "/admin%2Fclaim%2fSECRET",
        "/%2561dmin/claim/SECRET",
        "/admin/./claim/SECRET",
        "/admin\\claim\\SECRET",
        "http://127.0.0.1/admin/claim/SECRET",
        "/admin/claim/SECRET/more?x=SECRET",
        "/admin/claim%3fSECRET",
        "/admin/claim-SECRET",
        "/claim/SECRET",
        "/SECRET",
        "/%SECRET",
        "/admin/;/claim/SECRET",
        "/admin/x/../claim/SECRET",
    ],
)
@pytest.mark.parametrize("secret", [LINK, LINK[:-1], "4a" + LINK[2:]], ids=["whole", "cut", "looks encoded"])
def test_the_one_time_link_is_masked_wherever_it_stands(path, secret):
    assert not holds(loggable_path(path.replace("SECRET", secret)), secret)


@pytest.mark.parametrize("token", [TOKEN, TOKEN.lower(), TOKEN[:-5]], ids=["whole", "lower case", "cut"])
@pytest.mark.parametrize(
    "path", ["/main/npm/-/user/token/SECRET", "/main/npm/SECRET", "/main/pypi/simple/x-SECRET/", "/SECRET?SECRET"]
)
def test_a_token_is_masked_wherever_it_stands(path, token):
    assert not holds(loggable_path(path.replace("SECRET", token)), token)


@given(
    st.sampled_from([LINK, TOKEN]),
    st.text("/%a.-_2", max_size=6),
    st.text("/%a.-_2", max_size=6),
    st.integers(0, 6),
    st.sets(st.integers(0, 60), max_size=60),
)
def test_no_way_of_encoding_gets_a_secret_into_the_log(secret, before, after, times, encoded):
    written = "".join(f"%{ord(char):02x}" if place in encoded else char for place, char in enumerate(secret))
    for _ in range(times):
        written = quote(written, safe="")

    logged = loggable_path(f"/{before}{written}{after}")

    assert not holds(logged, secret)
    assert written not in logged


@pytest.mark.parametrize("user", ["me:hunter2@", "hunter2@", ":hunter2@", "me:hun@hunter2@", "me:hunter2%40@"])
def test_an_absolute_address_is_logged_without_its_password(user):
    logged = loggable_path(f"http://{user}127.0.0.1:7417/main/npm/@scope%2fleft?x=hunter2")

    assert logged == "http://127.0.0.1:7417/main/npm/@scope%2fleft"


def test_who_the_client_says_it_is_stays_without_its_token():
    assert without_secrets(f"npm/11 {TOKEN} linux") == "npm/11 ... linux"


@pytest.mark.parametrize(
    "path",
    [
        "/main/npm/@scope%2fleft",
        "/main/npm/a-very-long-name-that-somebody-gave-to-a-package-in-the-registry",
        "/main/pypi/files/x/x-1.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "/r/abcdefghijklmnopqrstuvwxyz",
        "/100%",
    ],
)
def test_other_paths_are_logged_as_they_were_sent_but_without_query(path):
    assert loggable_path(f"{path}?token={TOKEN}") == path


async def test_lines_of_one_turn_are_written_together_and_none_is_left_behind():
    written = []
    log = RequestLog(written.append)
    log.write({"path": "/a"})
    log.write({"path": "/b"})
    assert written == []
    await asyncio.sleep(0)
    assert written == [[{"path": "/a"}, {"path": "/b"}]]

    log.write({"path": "/c"})
    log.flush()
    await asyncio.sleep(0)
    assert written[1:] == [[{"path": "/c"}]]
