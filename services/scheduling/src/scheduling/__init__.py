"""Scheduling: pairs of consultants, and courses through their phases."""
