"""澄湾市: the invented city that `make demo` and the end-to-end tests play in. No real person, place or figure."""
