"""The engine: cases, traces, the two regimes of comparison, and the verdict."""
