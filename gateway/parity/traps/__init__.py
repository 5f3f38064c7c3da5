"""The catalogue's entries, a file a group. Within a file and from file to file, the more specific come first."""
