"""Pages cut into verbatim chunks at sentence borders."""
