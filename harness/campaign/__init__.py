"""A long check: tasks without end, on processes of this machine or on a cluster, one verdict."""
