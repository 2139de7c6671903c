"""The systemd unit: its templates, and how they are filled in."""
