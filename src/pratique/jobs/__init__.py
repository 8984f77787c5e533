"""The durable job engine: work that was promised inside a transaction is done, once, whatever dies meanwhile."""

from pratique.jobs.old_sqlite import teach_every_connection

teach_every_connection()  # whatever of this room is used first, its connections have to be able to promise jobs
