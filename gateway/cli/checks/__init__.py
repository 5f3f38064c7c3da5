"""What `gateway check` compares: the map with legacy's routes, and with v2's. Pure: objects in, findings out."""
