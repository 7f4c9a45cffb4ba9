"""Measured figures of the workbook: `python -m benchmarks` prints a table and writes results.json."""

import os

# Every figure is for one thread; NumPy reads this when it is first imported.
os.environ["OMP_NUM_THREADS"] = "1"
