"""The facts that intake publishes: one module per aggregate."""
