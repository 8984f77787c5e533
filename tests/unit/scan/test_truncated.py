"""No detector raises at a file that ends too early or is damaged, whatever technique it shows."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lookalikes.corpus import CORPUS
from tests.lookalikes.examine import examine


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(CORPUS), st.floats(0, 1), st.binary(max_size=40))
def test_look_alikes_that_end_too_early_are_looked_at_to_the_end(case, share, junk):
    files = {path: content[: int(len(content) * share)] + junk for path, content in case.files.items()}

    found = examine(case.ecosystem, files, previous=case.previous)

    assert len(found.artefact.deeds) >= len(files)
