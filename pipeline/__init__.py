"""What happens to a page once it is here: reading, cleaning, deciding, storing."""
