"""Everything about tokens and who gets them: the standard, the issuing rules, the register, the office."""
