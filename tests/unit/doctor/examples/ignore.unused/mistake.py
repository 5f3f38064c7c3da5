def moved():
    return "/new"  # gateway: ignore[redirect.status] it was one once  <- ignore.unused
