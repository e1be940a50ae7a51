"""What operators see and do, the same in every service: events that could not be handled."""
