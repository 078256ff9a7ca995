"""What a network is worth on persons it never saw: metrics, intervals, pictures, cards, report."""
