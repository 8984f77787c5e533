"""Names and how well known they are."""
