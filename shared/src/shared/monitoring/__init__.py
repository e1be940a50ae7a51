"""The numbers and the health of an event process, for machines that watch it."""
