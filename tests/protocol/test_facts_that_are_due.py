"""What is due at a stage is gathered there: a fact that nobody gathers would deny every install."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given

from pratique.core.actors import OPERATOR
from pratique.core.facts import ALL_FACTS, DIGESTS, LISTED_DIGESTS, PUBLIC_EXISTS, RESEMBLES, Facts, Stage
from pratique.services.judging.file_facts import see_bytes
from pratique.services.judging.gather import ListingGatherer, file_stage, name_stage, publish_stage
from pratique.services.judging.judge import inquire, know
from pratique.services.judging.sources import find_source
from pratique.services.visits import visit_repository
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.speakers import Speaker
from tests.unit.rules import generated


def due(stage: Stage) -> set[str]:
    """What an install needs at a stage; whether a name is public is asked for a publish only."""
    return {fact.name for fact in ALL_FACTS if fact.stage <= stage and fact is not PUBLIC_EXISTS}


async def test_every_fact_that_is_due_at_a_stage_is_gathered(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")
    visit = await visit_repository(site.ports, "main", client.ecosystem, OPERATOR)
    known = await know(site.ports, visit, visit.key("left"))
    inquiry = inquire(site.ports, visit, known)
    view = (await find_source(site.ports, visit, known)).view

    listed = ListingGatherer(inquiry, view)(view.files[0])
    draft = site.ports.blobs.draft()
    seen = file_stage(listed, view.files[0], see_bytes(draft))
    draft.discard()

    assert due(Stage.NAME) == set(name_stage(inquiry).values)
    assert due(Stage.LISTING) <= set(listed.values)
    assert due(Stage.FILE) == set(seen.values)
    published = publish_stage(inquiry, "1.0.0", "left.tgz", view.files[0].digests, public_exists=False)
    of_upload = {LISTED_DIGESTS.name, DIGESTS.name, PUBLIC_EXISTS.name, RESEMBLES.name}
    assert set(published.values) == due(Stage.NAME) | of_upload


@given(generated.situations(absent=False))
def test_every_file_fact_is_read_back_as_it_was_stored(known: Facts) -> None:
    of_bytes = [fact for fact in ALL_FACTS if fact.stage is Stage.FILE]

    assert of_bytes
    for fact in of_bytes:
        assert fact.kind is not Any, f"{fact} must say its kind, to be read back"
        stored = msgspec.json.decode(msgspec.json.encode(known[fact]))
        assert msgspec.convert(stored, fact.kind) == known[fact]
