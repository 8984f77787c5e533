"""No secret of a path reaches the log, however the path is spelled."""

import pytest

from pratique.web.access_log import loggable_path


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
    ],
)
def test_the_one_time_link_is_masked_in_every_spelling(path):
    assert "SECRET" not in loggable_path(path)


def test_other_paths_are_logged_as_they_were_sent_but_without_query():
    assert loggable_path("/main/npm/@scope%2fleft?token=SECRET") == "/main/npm/@scope%2fleft"
