"""The facts each producer publishes: one module per producer, imported by every consumer."""
