"""Cities as lists of agencies (单位): the real city of Chuxiong from its data file, and any other from a CSV file."""
