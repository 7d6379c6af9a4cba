"""What talks to the hub from outside: the client library, the sandbox city, the conformance run. Never imports `hub`."""
