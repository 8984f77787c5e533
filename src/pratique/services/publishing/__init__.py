"""What publishers do to own projects: uploads, yanks, tags, statuses, owners."""
