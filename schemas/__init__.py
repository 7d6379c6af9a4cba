"""The published contract: Avro schemas by type and version, code lists, examples. Data, read as package resources."""
