"""The city of a module's tests."""

from tests.pages.conftest import city

__all__ = ["city"]
