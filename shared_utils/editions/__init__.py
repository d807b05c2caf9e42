"""Two editions of a document compared: what was added, removed or reworded, and which facts changed."""
