"""What is due at a stage is gathered there: a fact that nobody gathers would deny every install."""

from __future__ import annotations

from pratique.core.actors import OPERATOR
from pratique.core.facts import ALL_FACTS, PUBLIC_EXISTS, Stage
from pratique.services.gather import ListingGatherer, name_stage, publish_stage
from pratique.services.judge import inquire, know
from pratique.services.sources import find_source
from pratique.services.visits import visit_repository
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.speakers import Speaker


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

    assert due(Stage.NAME) == set(name_stage(inquiry).values)
    assert due(Stage.LISTING) <= set(listed.values)
    published = publish_stage(inquiry, "1.0.0", "left.tgz", public_exists=False)
    assert set(published.values) == due(Stage.NAME) | {PUBLIC_EXISTS.name}
