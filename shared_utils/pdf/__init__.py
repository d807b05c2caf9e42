"""Any PDF, read in isolated processes: its words in reading order, where they are drawn, and pictures of its pages."""
