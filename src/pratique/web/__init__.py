"""HTTP: route tables to services, credentials to actors, errors to sentences."""
