"""How facts travel: log, relay, broker, inbox. See `docs/architecture.md` for the way they take."""
