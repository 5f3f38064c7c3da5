"""The door: what happens to a request between the client and the sides. Decisions are `routing`'s."""
