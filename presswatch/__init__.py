"""What people touch: commands, configuration, the demo newsroom."""
