"""The networks: one file each, shapes in the docstrings, no input or output."""
