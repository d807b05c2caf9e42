"""What every stage knows about text: sentences, index terms, folding, token estimates. The lowest room."""
