"""Policies are signed, logged and checked; a second administrator signs with a counted password."""

from __future__ import annotations

from pathlib import Path

import pytest

from photodesk.desk.policy_rules import RULES
from photodesk.desk.second_person import second_people, second_person
from photodesk.errors import Fixable, Refused
from photodesk.log.entry import Action
from photodesk.store.roles import Role
from tests.desk.clinic_desk import list_keeper, signed_in
from tests.store.clinic import OTHER_PASSWORD, PASSWORD, Clinic, make_clinic


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    made = make_clinic(tmp_path_factory.mktemp("clinic") / "store")
    founder = made.sign_in()
    made.add(founder, "Bea", Role.ADMINISTRATOR)
    made.add(founder, "Cleo", Role.FRONT_DESK)
    return made


def test_a_policy_is_signed_and_logged(clinic: Clinic, tmp_path: Path) -> None:
    clinic = clinic.copied(tmp_path / "copy")
    keeper = list_keeper(clinic)
    with signed_in(clinic, keeper=keeper) as session:
        assert session.policy.get("idle.clinician") == "300"
        session.policy.set("idle.clinician", "240")
        assert session.policy.get("idle.clinician") == "240"
        assert [one.rule.name for one in session.policy.everything() if one.chosen] == ["idle.clinician"]
    assert keeper.entries[-1].action is Action.POLICY
    assert dict(keeper.entries[-1].details) == {"policy": "idle.clinician", "value": "240"}
    with signed_in(clinic, "Cleo", OTHER_PASSWORD) as session:
        assert session.policy.get("idle.clinician") == "240"
        with pytest.raises(Refused, match="Ask an administrator"):
            session.policy.set("idle.clinician", "60")


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("idle.clinicain", "240", "policy_unknown"),
        ("recovery-signing", "00", "policy_unknown"),
        ("idle.clinician", "901", "policy_value"),
        ("idle.front-desk", "601", "policy_value"),
        ("idle.clinician", "5 minutes", "policy_value"),
        ("second-factor.administrator", "maybe", "policy_value"),
    ],
)
def test_what_is_no_policy_is_refused(clinic: Clinic, name: str, value: str, code: str) -> None:
    with signed_in(clinic) as session, pytest.raises(Fixable) as caught:
        session.policy.set(name, value)
    assert caught.value.code == code


def test_every_default_is_one_of_its_values() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.fits(rule.default), rule.name


def test_a_second_administrator_signs(clinic: Clinic) -> None:
    keeper = list_keeper(clinic)
    with signed_in(clinic, keeper=keeper) as session:
        actor = session.actor
        assert [who.name for who in second_people(actor, clinic.layout, clinic.secrets)] == ["Bea"]
        keeper.attempts.clear()
        cosigner = second_person(actor, clinic.layout, clinic.secrets, " bea", OTHER_PASSWORD)
        assert [what.split()[0] for what in keeper.attempts] == ["began", "right"]
        assert keeper.entries[-1].purpose == "second signature"
        assert keeper.entries[-1].details["person"] == cosigner.person_id
        for name, password, code in (
            ("Ada Byron", PASSWORD, "second_not_fit"),
            ("Cleo", OTHER_PASSWORD, "second_not_fit"),
            ("Nobody", OTHER_PASSWORD, "second_not_fit"),
            ("Bea", "not it", "wrong_password"),
        ):
            keeper.attempts.clear()
            with pytest.raises(Refused) as caught:
                second_person(actor, clinic.layout, clinic.secrets, name, password)
            assert caught.value.code == code
        assert [what.split()[0] for what in keeper.attempts] == ["began", "failed"]
