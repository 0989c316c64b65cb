"""What the benchmarks compare with: honest, tuned, each in a file of its own."""
