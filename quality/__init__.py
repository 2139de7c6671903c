"""The quality gate: what reading gives, measured on pages with known answers. ``python -m quality``."""
