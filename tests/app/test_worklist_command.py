"""`photodesk worklist`: read, set up, list and settle through real commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from photodesk.clock import SystemClock, local_today
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from tests.app.test_command_line import PASSWORD, Clinic

TODAY = local_today(SystemClock()).isoformat()
ROWS = (
    "MRN;Last name;First name;DOB;Sex;Appointment;Room;Status\n"
    f"000123;Test;Ada;1968-05-12;F;{TODAY} 09:10;Room 2;booked\n"
    f"000147;Sample;Ben;1951-01-03;M;{TODAY} 09:40;Room 1;booked\n"
    f"000150;Bad;Line;12.x.1951;M;{TODAY} 10:00;Room 1;booked\n"
)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    made = Clinic(tmp_path_factory.mktemp("worklist"))
    Entrance(made.store, SystemClock(), FLOOR_COST).found(
        "Example Clinic", "Room 1", "Ada Berg", PASSWORD, password_only=True
    )
    (made.folder / "visits.csv").write_text(ROWS, encoding="utf-8")
    return made


def by_mrn(document: Any) -> dict[str, Any]:
    return {visit["mrn"]: visit for visit in document["visits"]}


def test_the_whole_way_of_a_table(clinic: Clinic) -> None:
    path = str(clinic.folder / "visits.csv")
    dry = clinic.good("worklist", "read", path, "--dry-run")
    assert (dry["rows"], [one["line"] for one in dry["problems"]]) == (2, [4])
    done = clinic.good("worklist", "read", path)
    assert done["counts"] == {"added": 2, "changed": 0, "cancelled": 0, "unchanged": 0, "please-look": 1}
    again = clinic.good("worklist", "read", path)
    assert again["counts"]["unchanged"] == 2
    listed = clinic.good("worklist", "--date", TODAY)
    assert by_mrn(listed)["000123"]["at"] == "09:10"
    assert all(visit["from_worklist"] for visit in listed["visits"])
    (look,) = listed["please_look"]
    assert (look["line"], look["source"], look["code"]) == (4, "visits.csv", "date_unclear")
    clinic.good("worklist", "settle", look["problem_id"], "--dismiss")
    changed = clinic.folder / "later.csv"
    changed.write_text(ROWS.replace("09:10", "11:30").replace("1951-01-03", "1952-01-03"), encoding="utf-8")
    done = clinic.good("worklist", "read", str(changed))
    assert (done["counts"]["changed"], done["counts"]["please-look"]) == (1, 1)
    (look,) = done["please_look"]
    clinic.good("worklist", "settle", look["problem_id"], "--take-theirs")
    assert by_mrn(clinic.good("worklist"))["000123"]["at"] == "11:30"
    (found,) = clinic.good("patient", "list", "--search", "Sample")["patients"]
    assert found["birth"] == "1952-01-03"


def test_setting_up_asks_what_becomes_of_the_files(clinic: Clinic) -> None:
    drop = clinic.folder / "drop"
    drop.mkdir()
    sample = str(clinic.folder / "visits.csv")
    given = ("worklist", "set", "--source", "csv", "--folder", str(drop), "--sample", sample)
    code, document = clinic.run(*given)
    assert (code, document["error"]["code"]) == (2, "usage")
    assert "--after" in document["error"]["message"]
    assert clinic.good(*given, "--after", "remove") == {"source": "csv", "folder": str(drop), "after": "remove"}
    code, document = clinic.run("worklist", "query")
    assert (code, document["error"]["code"]) == (1, "no_server")
    code, document = clinic.run("worklist", "settle", "0" * 32, "--dismiss")
    assert (code, document["error"]["code"]) == (1, "look_unknown")


def test_an_hl7_file_is_read(clinic: Clinic, tmp_path: Path) -> None:
    day = TODAY.replace("-", "")
    path = tmp_path / "message.hl7"
    path.write_text(
        "MSH|^~\\&|RIS|C|PD|PD|20261120||SIU^S12|1|P|2.5\rSCH|P1|F1|||||||||^^^"
        f"{day}1015\rPID|||000255||Fixture^Dora||19700101|F\r",
        encoding="utf-8",
    )
    assert clinic.good("worklist", "read", str(path), "--source", "hl7")["counts"]["added"] == 1
    assert by_mrn(clinic.good("worklist"))["000255"]["at"] == "10:15"
