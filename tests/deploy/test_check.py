"""`homeport check` of a manifest that has a target on AWS."""

import json
import shutil
from pathlib import Path

import pytest

from homeport.cli.show import show_json
from homeport.deploy.check import check
from homeport.errors import ManifestInvalid
from tests.manifest.harness import CLOUD, repository


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An application that AWS would refuse, for an extension."""
    case = next(case for case in CLOUD if case.stem == "two_targets_say_it_once")
    made = repository(tmp_path)
    shutil.copy(case, made / "homeport.yaml")
    return made


def test_what_aws_refuses_is_a_warning_while_no_target_is_named(folder: Path) -> None:
    """The application may run at home; it is told before a promotion needs it."""
    checked = check(folder, None, None, "homeport")
    checked.refuse()
    *_, rounded, refused, last = checked.lines()
    assert rounded.startswith("homeport.yaml:9: targets.beta.services.api: 2 cpus and 512M become 2 vCPU and 4 GB")
    assert refused.startswith('homeport.yaml:5: database.extensions[0]: RDS does not allow "timescaledb"')
    assert "Not ready for AWS: the line before is refused by production, beta." == last


def test_the_target_on_aws_refuses_before_it_is_opened(folder: Path) -> None:
    """No account is asked for what is wrong in the file."""
    with pytest.raises(ManifestInvalid) as refused:
        check(folder, "production", None, "homeport")
    assert 1 == len(refused.value.problems)


def test_a_script_reads_what_aws_refuses(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As lists, apart from what is only rounded."""
    show_json(check(folder, None, None, "homeport").to_json())
    aws = json.loads(capsys.readouterr().out)["aws"]
    assert ["production", "beta"] == aws["targets"]
    assert (1, 2) == (len(aws["refused"]), len(aws["rounded"]))
