"""Reporting: instruments, the pipeline, and the way of each course."""
