"""One topic a file. What blocks runs in the API's own threads, never on the event loop."""
