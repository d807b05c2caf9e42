"""From an answer's raw words to footnotes: read the markers, find the exact words, check every sentence."""
