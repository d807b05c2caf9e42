"""How a thing is done: one engine or one algorithm a file, true in any other application."""
