"""The page on which a customer goes through the rows at home: what a telephone is told, and what it tells."""
