"""The facts that scheduling publishes: one module per aggregate."""
