"""How events travel: transactional outbox, relay, broker, inbox (idempotent consumer); see `docs/architecture.md`."""
