"""What the source of the rewrite says: modules and their names, and the checks that read them. Pure."""
