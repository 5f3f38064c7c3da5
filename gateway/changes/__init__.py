"""What people do to a migration, from the command line and from the console alike: asked for, refused, made."""
