"""Rules that people write for one outlet: read from TOML or site-config files, applied to its pages."""
