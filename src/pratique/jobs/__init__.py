"""The durable job engine: work that was promised inside a transaction is done, once, whatever dies meanwhile."""
