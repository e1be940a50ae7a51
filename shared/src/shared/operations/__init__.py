"""The operators' pages and API, the same in every service: failed events (dead letters) and e-mails."""
