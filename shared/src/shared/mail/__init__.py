"""E-mails, by a transactional outbox: written in the transaction that is their reason, sent by the worker after its
commit."""
