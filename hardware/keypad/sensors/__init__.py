"""Sensors that can tell the meter's answer. Each may say that it does not know; none may guess."""
