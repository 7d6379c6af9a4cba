"""Real parts for tests, as fixtures: PostgreSQL, Apache Kafka, and what to say when one is missing."""
