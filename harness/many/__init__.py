"""Many derivations at once: each in a run of its own, several side by side, a row for each."""
