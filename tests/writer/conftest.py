"""Stores on both databases."""

from tests.parts.stores import opened, store, store_url

__all__ = ["opened", "store", "store_url"]
