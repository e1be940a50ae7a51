"""Contracts of our own for import-linter: what `make lint` holds the code to beside the contracts that it brings."""
