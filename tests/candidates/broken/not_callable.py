"""dense_forward is a number, not a function."""

dense_forward = 3
