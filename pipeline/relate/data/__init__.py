"""Tables of words, read as package data."""
