"""Measurements beside what a user would build instead, and beside the machine's limit."""
