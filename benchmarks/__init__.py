"""Measured figures of the workbook: `python -m benchmarks` prints a table and writes results.json."""
