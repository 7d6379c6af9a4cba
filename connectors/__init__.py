"""What talks to the hub from outside: the client library, the cities, the sandbox. Never imports `hub`."""
