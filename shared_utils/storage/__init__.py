"""What outlives the process: documents, vectors and conversations, under one folder."""
