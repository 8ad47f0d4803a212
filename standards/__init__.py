"""Public standards as plain Python: money, identity numbers, days, names. No Django."""
