"""Clients that nobody here wrote, against the real server."""
