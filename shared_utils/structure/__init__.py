"""What a page is made of beside sentences and tables: lists, label and value pairs, captions, notes, definitions."""
