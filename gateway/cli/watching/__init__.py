"""What a running gateway and its evidence say, as one table again and again."""
