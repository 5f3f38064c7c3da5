"""What was seen, kept for people to read and for the gate to judge: redacted, bounded, and off every request path."""
