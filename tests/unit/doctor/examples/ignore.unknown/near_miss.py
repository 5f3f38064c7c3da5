# The comment `gateway: ignore[ID]` is only one where it begins like this; and a text is no comment:
WORDS = "# gateway: ignore[words.few] no comment"
