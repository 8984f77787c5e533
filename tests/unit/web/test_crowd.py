"""How much each client gets at a time, and that it is the same in the end."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from pratique.web.crowd import CROWD, Crowd
from pratique.web.limits import WebLimits
from pratique.web.pieces import in_pieces


def test_the_more_are_slow_the_less_each_of_them_may_keep_in_memory():
    crowd, pieces = Crowd(WebLimits()), []
    for slow in range(5_001):
        if slow in (0, 32, 64, 1_000, 5_000):
            pieces.append(crowd.piece)
        crowd.fall_behind()
    assert pieces == [1 << 20, 1 << 20, 512 << 10, 33_554, 16 << 10]
    for _ in range(5_001):
        crowd.catch_up()
    assert crowd.piece == 1 << 20


def test_who_left_is_counted_no_more_whatever_the_network():
    crowd = Crowd(WebLimits(connections=3, connections_address=1))
    for _ in range(5):
        assert crowd.enter("2001:db8::1") == "2001:db8::/64"
        assert crowd.enter("2001:db8::2") is None
        crowd.leave("2001:db8::/64")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_an_answer_in_pieces_is_the_answer_with_its_headers(method):
    body = bytes(range(256)) * 12_289  # a little over three pieces
    application = web.Application()
    application[CROWD] = Crowd(WebLimits())

    async def answer(request):
        headers = {"Content-Type": "application/json", "ETag": '"e"'}
        return await in_pieces(request, web.Response(body=body, headers=headers, status=203, reason="so"))

    application.router.add_route("*", "/", answer)
    async with TestClient(TestServer(application)) as client:
        sent = await client.request(method, "/")
        assert await sent.read() == (body if method == "GET" else b"")
    assert (sent.status, sent.reason, sent.headers["ETag"]) == (203, "so", '"e"')
    assert int(sent.headers["Content-Length"]) == len(body)
