"""What package clients ask for: listings, files, metadata, search, and what fetching them needs."""
