"""What a v2 application may import of the gateway."""
