"""An object store of the tests' own: a SeaweedFS in a temporary folder, on loopback, gone with the test process."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from pratique.store.object_client import ObjectClient, ObjectStoreAddress, ObjectStorePatience
from tests import stock_seaweedfs
from tests.harness.leftovers import at_the_end
from tests.harness.postgresql import _die_with_parent
from tests.harness.server import free_port

KEY, SECRET = "tests-key", "tests-secret"
BUCKET = "files"
PLAIN_KEY, PLAIN_SECRET = "plain-key", "plain-secret"
"""Of one who may not make buckets."""

_START_PATIENCE = 60.0
_PORTS = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc")
_QUICK = ("-volume.max=0", "-master.volumeSizeLimitMB=64", "-volume.preStopSeconds=0", "-master.telemetry=false")
_ALONE = ("-s3.iam=false", "-s3.port.iceberg=0", "-s3.port.lance=0", "-filer", "-s3")


class ObjectStore:
    """One running object store with an empty bucket."""

    def __init__(self) -> None:
        """Make and start it."""
        program = stock_seaweedfs.program()
        if program is None:
            raise FileNotFoundError(
                "SeaweedFS is not on this machine: run `python3 dev.py test`, which brings it, or have `weed` on PATH"
            )
        self.folder = Path(tempfile.mkdtemp(prefix="pratique-s3-"))
        at_the_end(self.remove)
        self._program, self._numbers = program, itertools.count(1)
        self._ports = {name: free_port() for name in (*_PORTS, "s3.port", "s3.port.grpc")}
        self._server: subprocess.Popen[bytes] | None = None
        (self.folder / "s3.json").write_text(json.dumps({"identities": [_identity(), _plain_identity()]}))
        self.start()

    @property
    def endpoint(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._ports['s3.port']}"

    def start(self) -> None:
        """Start it and wait until it keeps what it is given."""
        ports = [f"-{name}={port}" for name, port in self._ports.items()]
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        places = (f"-dir={data}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-s3.config={self.folder / 's3.json'}")
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [self._program, f"-logdir={self.folder}", "server", *_QUICK, *_ALONE, *places, *ports],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent,
            )
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + _START_PATIENCE
        while True:
            try:
                obstore.put(self.bucket(), "started", b"yes")
                return
            except BaseError:
                if time.monotonic() > until or (self._server and self._server.poll() is not None):
                    raise AssertionError(f"SeaweedFS does not start:\n{(self.folder / 'log').read_text()}") from None
                time.sleep(0.05)

    def stop(self) -> None:
        """End it at once, as a crash does."""
        if self._server is not None:
            self._server.kill()
            self._server.wait(60)
            self._server = None

    def remove(self) -> None:
        """End it and leave nothing behind."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        for port in self._ports.values():  # it puts its sockets there, wherever temporary files are
            for socket in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
                socket.unlink(missing_ok=True)

    def bucket(self, prefix: str | None = None) -> S3Store:
        """The bucket itself, for looks and changes behind the back of what is tested."""
        return S3Store(
            BUCKET,
            prefix=prefix,
            endpoint=self.endpoint,
            region="us-east-1",
            access_key_id=KEY,
            secret_access_key=SECRET,
            client_options={"allow_http": True},
            retry_config={"max_retries": 0},
        )

    def new_prefix(self) -> str:
        """A part of the bucket that nobody has used."""
        return f"data-{next(self._numbers)}"

    def address(self, prefix: str, endpoint: str = "", **options: str) -> ObjectStoreAddress:
        """Where Pratique finds it."""
        said = {"endpoint": endpoint or self.endpoint, "region": "us-east-1"}
        keys = {"access_key_id": KEY, "secret_access_key": SECRET}
        return ObjectStoreAddress(f"s3://{BUCKET}/{prefix}", said | keys | options, allow_http=True)

    def client(self, prefix: str, endpoint: str = "", **options: str) -> ObjectClient:
        """A client that does not try long, and is ready for the next request at once."""
        patience = ObjectStorePatience(connect=5_000, read=10_000, write=20_000, retry=1_500, rest=0)
        return ObjectClient(self.address(prefix, endpoint, **options), patience)


@cache
def object_store() -> ObjectStore:
    """The object store of this test process, started when it is first needed."""
    return ObjectStore()


def _identity() -> dict[str, object]:
    return {
        "name": "tests",
        "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }


def _plain_identity() -> dict[str, object]:
    return {
        "name": "plain",
        "credentials": [{"accessKey": PLAIN_KEY, "secretKey": PLAIN_SECRET}],
        "actions": ["Read", "Write", "List"],
    }
