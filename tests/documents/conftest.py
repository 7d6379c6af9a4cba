"""One city with one story, shared: its tests only look."""

from collections.abc import Iterator

import pytest

from tests.documents.story import Story
from tests.web.conftest import _quiet

__all__ = ["_quiet", "told"]


@pytest.fixture(scope="package")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    made = Story(tmp_path_factory.mktemp("documents"))
    try:
        yield made
    finally:
        made.close()
