"""What stands before page and API alike: deadlines of connections, names of this server, shares of what is scarce."""
