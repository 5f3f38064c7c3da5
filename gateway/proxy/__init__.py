"""The door: what happens to a request between the client and the sides. It decides nothing that `routing` can decide."""
