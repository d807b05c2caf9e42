"""Child processes: start, watch, stop for certain; and what this machine may spend on them."""
