WORDS = ["a"]  # gateway: ignore[words.few] there are no more  <- ignore.unknown
