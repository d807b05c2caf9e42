"""Which model writes, and on what: servers, the model that fits this machine, and the processes that run it."""
