"""Retention: how long a service keeps events, records of received events, answers and e-mails."""
