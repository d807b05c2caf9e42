"""A list of questions in, cited answers out: the list itself, and who asks it one by one."""
