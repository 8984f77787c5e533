"""A process that reads and then writes again and again: `increments.py URL DURABLE RELAXED`."""

from __future__ import annotations

import sys
import threading

import sqlalchemy as sa

from pratique.store.database import Database
from pratique.store.schema import revision

COUNTER = revision.c.repository_id == 4711


def increment(c: sa.Connection) -> None:
    value = c.execute(sa.select(revision.c.value).where(COUNTER)).scalar_one()
    c.execute(revision.update().where(COUNTER).values(value=value + 1))


def main(url: str, durable: int, relaxed: int) -> None:
    database = Database.open(url)

    def repeat(times: int, *, wait_for_disk: bool) -> None:
        for _ in range(times):
            database.write_now(increment, durable=wait_for_disk)

    threads = [
        threading.Thread(target=repeat, args=(durable // 2,), kwargs={"wait_for_disk": True}),
        threading.Thread(target=repeat, args=(durable // 2,), kwargs={"wait_for_disk": True}),
        threading.Thread(target=repeat, args=(relaxed // 2,), kwargs={"wait_for_disk": False}),
        threading.Thread(target=repeat, args=(relaxed // 2,), kwargs={"wait_for_disk": False}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
