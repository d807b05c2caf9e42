"""Answers and conversations in words, and in forms that outlive the app: Markdown, a report in one HTML file, a table,
an annotated PDF.

Pure functions over views, plus a `Pages` that knows where words stand and draws pages; a shelf is one.
"""
