"""How long a service keeps what it has told, seen and answered."""
