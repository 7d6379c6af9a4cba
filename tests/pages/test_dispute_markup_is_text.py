"""Markup in registered names, typed texts and masked names is shown as text, on every page of a dispute."""

from hub.words import agency_id, text
from tests.pages.reading import read
from tests.people.signed import sign_in
from tests.web.hubs import Trial, command

EVIL = "<script>alert('x')</script>&lt;\"b\">"
NAME = '楚雄市<i onmouseover="x">镇</i>人民调解委员会'


def test_names_and_texts(trial: Trial) -> None:
    operator = trial.peer("operator", role="operator")
    codes = {
        "532301.centre": ("centre", None),
        "532301101.pmc": ("committee", None),
        "532301102.pmc": ("committee", None),
    }
    for code, (kind, superior) in codes.items():
        own = {
            "name": NAME + code[:9],
            "kind": kind,
            "level": "township",
            "region": code.partition(".")[0],
            "superior": superior,
        }
        assert operator.post(command("register_agency", "hub", code=code, **own)).status_code == 201
    peer = trial.peer("city", *codes)

    def act(type_: str, agency: str = "532301101.pmc", **fields: object) -> dict[str, object]:
        answer = peer.post(command(type_, agency, **fields))
        assert answer.status_code == 201, answer.json()
        made: dict[str, object] = answer.json()
        return made

    party = {"role": "applicant", "kind": "person", "commitment": "00" * 32, "masked": EVIL + "某", "salt": "11" * 32}
    dispute = act("register", category="02", place=EVIL, source="application", parties=[party])["dispute"]
    receiver = text(agency_id("532301102.pmc"))
    sent = act(
        "refer", dispute=dispute, kind="transfer", channel="mediation", receiver=receiver, reason=EVIL, duty=EVIL
    )
    act("return", "532301102.pmc", dispute=dispute, referral=sent["referral"], reason_code="other", reason=EVIL)
    act("grade", dispute=dispute, scheme=EVIL, grade=EVIL, ordinal=1)
    act(
        "attempt",
        dispute=dispute,
        counted=False,
        why_not=EVIL,
        at="2026-11-25T00:12:36.000000Z",
        place=EVIL,
        mediator=EVIL,
    )
    act("report", dispute=dispute, recipients=[receiver], grade=EVIL, content=EVIL * 20)
    trial.hub.settle()
    person = sign_in(trial, "s", "supervisor", "532301101.pmc", EVIL)
    paths = [f"/disputes/{dispute}?lang={lang}" for lang in ("zh", "en")]
    paths += [f"/events/{n}?lang={lang}" for n in range(1, trial.hub.store.position() + 1) for lang in ("zh", "en")]
    for path in paths:
        answer = person.client.get(path, follow_redirects=True)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text and "<i onmouseover" not in answer.text, path
        read(answer.text)  # every element is closed by its own end
        assert any("alert('x')" in words for _, words in read(answer.text).texts)
