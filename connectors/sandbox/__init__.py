"""A city at work on a simulated clock: seeded agencies that talk to a hub only through the published contract."""
