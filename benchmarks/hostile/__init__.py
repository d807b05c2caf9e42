"""Strangers who mean harm, and a machine that fails, against a running server. `python -m benchmarks.hostile --help`"""
