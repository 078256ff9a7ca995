"""Makes the recordings that the tests need; none is committed."""
