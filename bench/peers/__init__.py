"""What a user would build or take instead of mien."""
