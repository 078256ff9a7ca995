"""The embedded stack as one command: Redis, Triton, API, worker, webhooks, sweeper."""
