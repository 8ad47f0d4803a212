"""What the program does to many rows, timed beside its floor in the same run: ``python -m benchmarks``."""
