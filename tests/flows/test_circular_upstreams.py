"""Two servers that are each other's upstream: the circle is noticed at once, not waited for."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from tests.harness.server import free_port
from tests.harness.site import running_site


async def test_a_circle_of_upstreams_is_an_error_with_a_sentence(tmp_path: Path) -> None:
    first_port, second_port = free_port(), free_port()
    async with AsyncExitStack() as stack:
        first, second = [
            await stack.enter_async_context(
                running_site(
                    tmp_path / str(port), f'[repositories.main.upstreams]\nnpm = ["{other}/main/npm"]\n', port=port
                )
            )
            for port, other in (
                (first_port, f"http://127.0.0.1:{second_port}"),
                (second_port, f"http://127.0.0.1:{first_port}"),
            )
        ]

        answer = await first.get("/main/npm/left")

        assert answer.status == 502
        assert "508" in answer.text
        assert (await second.get("/main/npm/left")).status == 502
