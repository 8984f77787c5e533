"""An object store for the files of packages, behind a door that does not always do its part."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web
from bench.faulting.moods import Mood, Temper, give_half, hang_up
from yarl import URL

if TYPE_CHECKING:
    from tests.harness.seaweedfs import ObjectStore

PREFIX = "faults"
_HOP_BY_HOP = {"connection", "transfer-encoding", "keep-alive", "date", "server", "content-encoding"}


class Bucket:
    """A SeaweedFS, and the door through which the nodes reach it.

    Attributes:
        temper: how the door behaves.
    """

    def __init__(self, folder: Path, host: str) -> None:
        """Start the object store.

        Args:
            folder: for the file of credentials.
            host: where the door listens.
        """
        from tests.harness.seaweedfs import ObjectStore

        self.temper = Temper()
        self._folder, self._host = folder, host
        self._store: ObjectStore = ObjectStore()
        self._runner: web.ServerRunner | None = None
        self._session: aiohttp.ClientSession | None = None
        self._door = ""

    async def open(self) -> None:
        """Let the nodes in."""
        self._session = aiohttp.ClientSession(auto_decompress=False, connector=aiohttp.TCPConnector(limit=0))
        self._runner = web.ServerRunner(web.Server(self._pass, access_log=None), shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, 0).start()
        self._door = f"http://{self._host}:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        """End."""
        self.temper.become(Mood.RESETS)
        if self._runner is not None:
            await self._runner.cleanup()
        if self._session is not None:
            await self._session.close()
        self._store.remove()

    def settings(self) -> tuple[str, str]:
        """The setting `blobs`, and a table of settings."""
        from tests.harness.seaweedfs import BUCKET, KEY, SECRET

        credentials = self._folder / "credentials.toml"
        credentials.write_text(f'access_key_id = "{KEY}"\nsecret_access_key = "{SECRET}"\n')
        credentials.chmod(0o600)
        table = f'endpoint = "{self._door}"\nallow_http = true\ncredentials_file = {json.dumps(str(credentials))}\n'
        patience = 'connect_timeout = "1s"\nread_timeout = "2s"\nwrite_timeout = "4s"\nretry_for = "4s"\n'
        return f"s3://{BUCKET}/{PREFIX}", f"[object_store]\n{table}{patience}"

    def stored(self) -> dict[str, str]:
        """Names of all files to the sha256 of what they hold."""
        import obstore

        bucket, found = self._store.bucket(PREFIX), {}
        for page in obstore.list(bucket, "blobs/"):
            for one in page:
                content = bytes(obstore.get(bucket, one["path"]).bytes())
                found[one["path"].rpartition("/")[2]] = hashlib.sha256(content).hexdigest()
        return found

    async def _pass(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        mood = self.temper.mood
        await self.temper.wait_while_it_hangs()
        if mood is Mood.RESETS:
            return hang_up(request)
        if mood is Mood.FAILS:
            return web.Response(status=500)
        status, headers, content = await self._answer_of(request, body)
        if mood is Mood.HALF_BODIES:
            # What was to be written is written, and whoever wrote it does not learn of that.
            return await give_half(request, headers, content)
        if request.method == "HEAD":
            response = web.StreamResponse(status=status, headers=headers)
            await response.prepare(request)
            return response
        headers.pop("Content-Length", None)
        return web.Response(status=status, headers=headers, body=content)

    async def _answer_of(self, request: web.BaseRequest, body: bytes) -> tuple[int, dict[str, str], bytes]:
        assert self._session is not None
        url = URL(self._store.endpoint + request.raw_path, encoded=True)
        # The signature is for the door's name.
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP}
        async with self._session.request(
            request.method, url, data=body, headers=headers, skip_auto_headers=("User-Agent", "Content-Type")
        ) as answer:
            kept = {name: value for name, value in answer.headers.items() if name.lower() not in _HOP_BY_HOP}
            return answer.status, kept, await answer.read()
