"""Benchmarks, one module each: `python3 run.py bench NAME`."""
