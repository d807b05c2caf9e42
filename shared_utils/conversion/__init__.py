"""Files of other kinds, made into PDFs in children that may die: see `convert.py`."""
