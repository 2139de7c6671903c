"""A small newsroom of our own, served on loopback."""
