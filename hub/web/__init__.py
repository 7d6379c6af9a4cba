"""How people and systems reach the hub over HTTP: the programming interface, its description and its problems."""
