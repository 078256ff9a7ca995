"""The proving ground: each paper's own claim as an experiment whose answer is known."""
