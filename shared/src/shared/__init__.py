"""The kernel of Praksis: what every service stands on, and nothing that a service decides."""
