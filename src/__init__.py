"""What Footnote does: in which order, with which numbers and which words."""

VERSION = "0.1.0"
