"""What keeps people signed in, and how it ends."""
