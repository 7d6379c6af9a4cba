"""The interface description's examples are one story; every step is posted and every one is done."""

from hub.contract import load
from hub.web.api import models
from hub.web.api.examples import DISPUTE, STORY, SUBMISSIONS, SYSTEM
from tests.web.hubs import Trial


def test_the_story_has_every_command_of_the_contract() -> None:
    assert sorted(SUBMISSIONS) == load().names("command")


def test_every_step_is_done_and_every_answer_is_as_described(trial: Trial) -> None:
    peers = trial.play()
    for step in STORY:
        again = peers[step.system].post(step.body)
        assert again.status_code == 201
        first = models.Answer.model_validate(again.json())
        kept = models.Answer.model_validate(peers[step.system].get(f"/v1/answers/{first.command_id}").json())
        assert kept == first.model_copy(update={"referral": None})
    shown = models.Dispute.model_validate(peers[SYSTEM].get(f"/v1/disputes/{DISPUTE}").json())
    assert shown.status == "open" and shown.agreement == ""
