"""Validation of what people and programs send: field types, patterns, and error messages."""
