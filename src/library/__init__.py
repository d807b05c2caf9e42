"""What people keep here: documents, conversations, lists of questions and settings, each person on a shelf."""
