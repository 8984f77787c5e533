"""From what is known of a project to decisions, and the parts that listing, download and publish share."""
