"""Whose bucket a request takes from, and how the log names who is limited."""

import contextlib
from ipaddress import ip_network

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from structlog.testing import capture_logs

from pratique.core.actors import NOBODY, Actor, ActorKind
from pratique.core.errors import TooOften
from pratique.core.sentences import MAX_LINE
from pratique.web.keys import LIMITS
from pratique.web.limits import RateLimits, WebLimits
from pratique.web.rates import Limit, Rates, who_counts


def request_from(*forwarded):
    application = web.Application()
    application[LIMITS] = WebLimits(trusted_proxies=(ip_network("192.0.2.7"),))
    headers = [("X-Forwarded-For", one) for one in forwarded]
    request = make_mocked_request("GET", "/", headers=headers, app=application)
    return request.clone(remote="192.0.2.7")


@pytest.mark.parametrize(
    ("forwarded", "who"),
    [
        (["198.51.100.4"], "198.51.100.4"),
        (["203.0.113.9, 198.51.100.4"], "198.51.100.4"),
        (["2001:db8::1"], "2001:db8::/64"),
        (["2001:db8::2"], "2001:db8::/64"),
        (["2001:db8:0:1::1"], "2001:db8:0:1::/64"),
        ([], "192.0.2.7"),
    ],
    ids=["behind", "made-up", "v6", "same-64", "other-64", "proxy"],
)
def test_nobody_counts_by_the_address_behind_our_proxies_and_of_ipv6_by_its_64(forwarded, who):
    assert who_counts(request_from(*forwarded), NOBODY) == who


def test_tokens_of_one_account_are_one_asker_and_a_token_without_account_its_own():
    request = request_from("198.51.100.4")
    assert who_counts(request, Actor(ActorKind.CI, account=3, token=5)) == 3
    assert who_counts(request, Actor(ActorKind.USER, account=3, token=6)) == 3
    assert who_counts(request, Actor(ActorKind.SERVICE, token=3)) == -3


def refused(rates, limit, who):
    for _ in range(2):
        rates.count(limit, who)
    with pytest.raises(TooOften) as said:
        rates.count(limit, who)
    return said.value


@pytest.mark.parametrize("limit", list(Limit))
def test_every_limit_says_in_one_line_how_much_is_allowed_when_again_and_whom_to_ask(limit):
    who = "address" if limit in (Limit.ANONYMOUS, Limit.FAILED_CREDENTIALS) else 3
    error = refused(Rates(RateLimits(**dict.fromkeys(RateLimits.__struct_fields__, 2)), lambda: 7.0), limit, who)
    assert error.retry_after == 30
    for part in ("2 a minute", "again in 30 seconds", "operator", f"limits.{limit}"):
        assert part in str(error)
    assert len(str(error)) <= MAX_LINE


def test_the_log_names_an_asker_once_a_minute_with_how_often_it_was_refused():
    now = [0.0]
    rates = Rates(RateLimits(searches=1), lambda: now[0])
    with capture_logs() as lines:
        for now[0] in (0.0, 1.0, 2.0, 3.0, 59.0, 61.5, 62.0):
            with contextlib.suppress(TooOften):
                rates.count(Limit.SEARCHES, -8)
    assert [(line["who"], line["limit"], line["refused"]) for line in lines] == [
        ("token 8", "limits.searches", 1),
        ("token 8", "limits.searches", 4),
    ]
