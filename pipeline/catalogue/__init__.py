"""The catalogue of known outlets: one small TOML file each, and its loader."""
