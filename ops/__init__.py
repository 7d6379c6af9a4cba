"""What runs around the hub: the trial broker, the lock, the benchmarks."""
