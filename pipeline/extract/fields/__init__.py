"""The fields a page declares or prints about its article, each with where it came from."""
