"""A file made ready to be asked, and a question on its way to a written answer: where it is searched, who is next,
what a model is told, what it writes.
"""
