"""E-mails: owed in the transaction that is the reason for them, sent by the worker after its commit."""
