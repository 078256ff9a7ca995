"""The data sets of the field, read from the folders that their owners hand out."""
