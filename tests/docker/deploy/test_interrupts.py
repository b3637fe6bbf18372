"""`homeport up` killed and stopped at each of its steps: what served serves on, and the next `up` needs no help."""

import itertools
from pathlib import Path

import pytest

from tests.support.installation import Installation, probe_application
from tests.support.interruption import HOST, PATHS, SIGNALS, STEPS, Stage, assert_whole
from tests.support.load import Load

pytestmark = [pytest.mark.docker, pytest.mark.minutes(6)]
AFTERWARDS = ("same", "old")
MOST_TELLING = {
    ("building", "kill_all", "same"),
    ("building", "interrupt", "old"),
    ("creating", "kill_all", "same"),
    ("creating", "kill_terraform", "old"),
    ("creating", "kill_command", "same"),
    ("creating", "interrupt", "old"),
    ("all_healthy", "kill_all", "old"),
    ("all_healthy", "kill_command", "same"),
    ("asking", "kill_all", "same"),
    ("asking", "kill_terraform", "same"),
    ("asking", "interrupt", "old"),
    ("switching", "kill_all", "old"),
    ("switching", "kill_command", "same"),
    ("draining", "kill_all", "same"),
    ("draining", "kill_terraform", "old"),
    ("draining", "kill_command", "old"),
    ("draining", "interrupt", "same"),
    ("removing", "kill_all", "old"),
    ("removing", "interrupt", "same"),
}


# Every step, signal and what follows; no Terraform runs during a build.
CASES = [
    pytest.param(*case, marks=[] if case in MOST_TELLING else [pytest.mark.long], id="-".join(case))
    for case in itertools.product(STEPS, SIGNALS, AFTERWARDS)
    if case[:2] != ("building", "kill_terraform")
]


@pytest.fixture(scope="module")
def folder(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return probe_application(tmp_path_factory.mktemp("interrupts"))


@pytest.fixture
def stage(installation: Installation, folder: Path) -> Stage:
    return Stage(installation, folder)


@pytest.mark.parametrize(("step", "signal", "afterwards"), CASES)
def test_what_is_cut_off_serves_on_and_is_completed(stage: Stage, step: str, signal: str, afterwards: str) -> None:
    """Cut off anywhere, by whatever, no request fails; the same manifest or the old one put back then converges."""
    stage.write(stage.old, STOP_DELAY="1" if step == "removing" else "0")
    before = stage.manifest()
    stage.up()
    with Load(stage.installation.http, HOST, tuple(PATHS.values())).running() as load:
        with STEPS[step](stage) as running:
            expected = SIGNALS[signal](running)
        assert expected == running.wait(), running.output
        if afterwards == "old":
            (stage.folder / "homeport.yaml").write_text(before)
        stage.up()
    assert load.failures == [], running.output
    assert load.answers > 0
    assert_whole(stage, stage.new if afterwards == "same" else stage.old)
    assert all(seen <= {stage.old, stage.new} for seen in load.versions.values()), load.versions
