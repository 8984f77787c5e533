"""The management verbs: one table that the CLI, the CLI with `--server`, and /api/v1 all work from."""
