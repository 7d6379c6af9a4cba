"""What the interface's description says of documents is what is answered: its example, the model, the file's type."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hub.web.api import models
from hub.web.api.documents import EXAMPLE
from hub.web.api.examples import DISPUTE, SYSTEM
from hub.web.documents import MEDIA_TYPE
from tests.documents.story import Paper
from tests.web.hubs import Peer, Trial


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """A hub in which the story of the interface's examples has happened, and its system."""
    made = Trial(tmp_path_factory.mktemp("examples"))
    try:
        yield made.play()[SYSTEM]
    finally:
        made.close()


def test_the_example_is_one_of_the_storys(peer: Peer) -> None:
    answer = peer.get(f"/v1/disputes/{DISPUTE}/documents").json()
    assert EXAMPLE["items"][0] in answer["items"]
    described = peer.get("/openapi.json").json()["paths"]["/v1/disputes/{dispute_id}/documents"]["get"]
    assert described["responses"]["200"]["content"]["application/json"]["example"] == EXAMPLE
    models.Documents.model_validate(EXAMPLE)


def test_every_document_of_the_story_is_a_file_of_the_described_type(peer: Peer) -> None:
    listed = models.Documents.model_validate(peer.get(f"/v1/disputes/{DISPUTE}/documents").json())
    assert len(listed.items) > 8 and len({item.number for item in listed.items}) >= len(listed.items) - 1
    described = peer.get("/openapi.json").json()["paths"]["/v1/disputes/{dispute_id}/documents/{form}"]["get"]
    assert list(described["responses"]["200"]["content"]) == [MEDIA_TYPE]
    for item in listed.items:
        paper = Paper(peer.get(item.href))
        assert paper.answer.headers["content-type"] == MEDIA_TYPE
        assert item.zh in paper.lines[:3] and item.number in paper.lines[:3]
