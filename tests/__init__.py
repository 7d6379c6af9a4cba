"""Tests of the hub, its contract and its parts."""
