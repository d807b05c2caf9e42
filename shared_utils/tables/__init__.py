"""Tables of a page as data: from word boxes and ruling lines to cells that say what they stand under."""
