"""Where later slices register with earlier ones (a gate that asks whether minutes are issued): the one place that may
know them all."""
