"""The outside world behind the ports: Redis, files, Celery, and memory for tests."""
