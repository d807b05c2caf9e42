"""One program a client: run by the interpreter that has it, each prints a line of JSON for each thing it tries."""
