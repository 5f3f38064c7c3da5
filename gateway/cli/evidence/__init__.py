"""What the verbs of parity read out of the evidence store."""
