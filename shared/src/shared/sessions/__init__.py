"""Sessions of signed-in persons: their tokens, and how a session is ended in all services (revocation)."""
