"""The contracts for other systems: JSON Schemas, AsyncAPI, compatibility checks, validation."""
