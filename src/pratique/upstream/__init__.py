"""Asking upstreams: outbound rules, the client, single flight, and stored documents kept fresh."""
