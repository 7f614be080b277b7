"""The queue: jobs, the workers that take them, and what a waiting page is told."""
