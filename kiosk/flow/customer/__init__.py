"""The steps of a customer: the number, is it yours, the questions, the rows, and how they are taken away."""
