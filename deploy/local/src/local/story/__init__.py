"""The story: one real application on its whole way, told through the public HTTP API alone."""
