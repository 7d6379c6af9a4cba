"""The evidence of custody: tree, later tiles and notes. Pure."""
