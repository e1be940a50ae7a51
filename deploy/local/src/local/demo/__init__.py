"""The demo set: applications of every kind and in every state, loaded through the public HTTP API alone."""
