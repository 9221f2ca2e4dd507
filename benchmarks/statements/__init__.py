"""How well the ledger of statements finds who said what, on labelled articles."""
