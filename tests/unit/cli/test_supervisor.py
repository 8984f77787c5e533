"""The supervisor with real children that cannot work. Its life with those that can is in tests/flows/test_up.py."""

from pratique.cli.orders import Role
from pratique.cli.supervisor import Station, Supervisor


async def never():
    raise AssertionError("nothing ever got ready")


async def supervise(root):
    said = []
    supervisor = Supervisor([Station(Role.JOBS, "jobs")], root, {}, say=said.append, patience=5)
    return await supervisor.run(never), said


async def test_a_child_that_never_gets_ready_is_tried_three_times_and_ends_the_server(tmp_path):
    code, said = await supervise(tmp_path)  # without a folder for logs no child can even begin

    assert code == 1
    assert [line.split(" (")[0] for line in said if "started" in line] == ["jobs started"] * 3
    assert said[1].endswith("ended with code 1; starting it again in 0.5 s")
    assert "jobs ended with code 1 and never got ready; the reason is above" in said[-1]


async def test_a_child_that_refuses_its_settings_is_not_tried_again(tmp_path, capfd):
    (tmp_path / "logs").mkdir()
    (tmp_path / "pratique.toml").write_text("prot = 1\n")

    code, said = await supervise(tmp_path)

    assert code == 1
    assert len([line for line in said if "started" in line]) == 1
    assert "has no use for `prot`. Did you mean `port`?" in capfd.readouterr().err
