"""The same library for programs as for people: an HTTP API beside the page, OpenAI's protocol, and assistants' (MCP).

admission   who calls, how much they may, what the request is called in the log
routes      one topic a file
following   a shelf's changes as an asynchronous stream
as_json     views and events as JSON
"""
