"""Metrics and health checks of a worker, for Prometheus and for supervisors."""
