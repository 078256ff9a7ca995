"""The images built for real and the compose file brought up: `make containers`."""
