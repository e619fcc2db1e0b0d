"""Customers, their meters, the key changes issued to them and how those went: the office's database."""
