"""Apache Kafka for trials and tests: fetched from its published artifacts, run as one KRaft node."""
