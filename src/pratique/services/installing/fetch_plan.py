"""What a first download needs: where the bytes are, and what has to be settled before they are kept."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from pratique.core.errors import PratiqueError
from pratique.core.facts import Seen
from pratique.core.ports import BlobDraft, StoredBlob


class FlightFailed(PratiqueError):
    """It went wrong after bytes had been sent: the connection has to be cut, so that the client sees a short body."""

    status = 502


@dataclass(frozen=True)
class FetchPlan:
    """What to fetch, and what has to be settled before it is kept.

    Attributes:
        upstream_url: base URL of the upstream whose document lists the file.
        file_url: where that says it is.
        see: looks at the bytes, once for all passengers.
        judge: raises a PratiqueError (Refused) for this client if policy refuses what was seen; returns the
            revision of what it was judged by.
        record: writes into the database that the kept blob is this file, if that revision still holds, or
            raises ChangedMeanwhile: then it is judged again. Nobody gets the file's end before.
        size: as the index states it; stands in for a missing Content-Length.
        record_unkept: the same of a file whose bytes could not be kept, because there is no room or the object store
            is away: they are passed on to those who wait, and the next one to ask fetches it again. None: then
            it fails.
        turn: held while it is recorded. One at a time for each project: every record outdates the
            judgements of the others.
        too_long: said to whoever has waited for `patience`, where nobody gets a byte before the whole file was looked
            at: it is scanned first, and goes on without him. None: bytes flow while it is fetched.
        patience: milliseconds.
    """

    upstream_url: str
    file_url: str
    see: Callable[[BlobDraft], Awaitable[Seen]]
    judge: Callable[[Seen], Awaitable[int]]
    record: Callable[[StoredBlob, Seen, int], Awaitable[None]]
    size: int | None = None
    record_unkept: Callable[[StoredBlob, Seen, int], Awaitable[None]] | None = None
    turn: Callable[[], AbstractAsyncContextManager[None]] = contextlib.nullcontext
    too_long: PratiqueError | None = None
    patience: int = 0
