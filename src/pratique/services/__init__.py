"""The use cases: one file each, each a numbered straight path over ports."""
