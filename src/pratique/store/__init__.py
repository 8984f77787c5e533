"""What is kept: one generic schema for every ecosystem, blobs by content, clocks."""
