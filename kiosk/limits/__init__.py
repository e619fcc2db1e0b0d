"""Limits that slow down guessing of numbers and PINs."""
