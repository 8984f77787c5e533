"""What keeps a server well: setting up, readiness, sweeping, verifying, forgetting."""
