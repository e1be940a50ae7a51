"""The facts that reporting publishes: one module per aggregate."""
