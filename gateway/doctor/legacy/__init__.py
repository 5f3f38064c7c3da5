"""The legacy side: versions, the application as it is in memory, its source, the old server's files."""
