"""Odd names, tags, revisions and searches are answered with a sentence, whoever asks; nothing fails."""

from __future__ import annotations

from tests.harness.site import Site
from tests.protocol.npm_publisher import Publisher, publisher

ODD = ("%00", "%ff", "a%00b", "..", "%2e%2e", "%F0%9F%92%A9", "x" * 3000, "%27%22%3Cb%3E", "constructor", "-rev", "1e9")


async def test_odd_addresses_are_refused_or_empty_and_never_fail(site: Site) -> None:
    ann = await publisher(site)
    await ann.publish("ours", "1.0.0")

    for one in (ann, Publisher(site, None)):
        for odd in ODD:
            answers = [
                await one.get(f"-/user/{odd}/package"),
                await one.get(f"-/user/org.couchdb.user:{odd}"),
                await one.get(f"-/package/{odd}/dist-tags"),
                await one.get(f"-/package/{odd}/collaborators"),
                await one.get(f"-/v1/search?text={odd}"),
                await one.get(f"{odd}?write=true"),
                await one.put(f"-/package/ours/dist-tags/{odd}", "1.0.0"),
                await one.put("-/package/ours/dist-tags/next", odd),
                await one.put(f"ours/-rev/{odd}", {"_id": "ours", "versions": {odd: {}}}),
                await one.send("DELETE", f"ours/-rev/{odd}"),
                await one.send("DELETE", f"ours/-/{odd}/-rev/{odd}"),
                await one.put("ours", {"_rev": odd, "name": odd, "versions": {}}),
            ]
            assert [each.status for each in answers if each.status >= 500] == [], odd
    tags = (await ann.get("-/package/ours/dist-tags")).json()
    assert tags["latest"] == "1.0.0"
    assert set(tags.values()) == {"1.0.0"}
