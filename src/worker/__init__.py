"""Files read beside the web processes: jobs are taken from the store, and what is read is kept there."""
