"""What two answers have in common, what not, why, and what may be concluded. Pure: no I/O, no clock, no framework."""
