"""A training while it runs."""
