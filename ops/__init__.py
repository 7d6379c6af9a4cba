"""What runs around the hub: the broker and the database for trials and tests, the lock, the benchmarks."""
