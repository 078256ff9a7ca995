"""HTTP in, records out. No video, GPU or numeric code."""
