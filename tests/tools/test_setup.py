"""The set-up knows when nothing has changed, and says in words what failed."""

from pathlib import Path

import pytest
import setup
from setup_steps import Failure, call, digest, is_stamped


def test_a_changed_renamed_or_added_file_makes_another_digest(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    (tmp_path / "b").write_text("1")
    first = digest([tmp_path / "a"])
    (tmp_path / "a").write_text("2")
    digests = [
        first,
        digest([tmp_path / "a"]),
        digest([tmp_path / "b"]),
        digest(tmp_path.iterdir()),
    ]
    assert len(set(digests)) == len(digests)


def test_the_digest_does_not_depend_on_the_order_of_the_files(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in "abc"]
    for path in paths:
        path.write_text(path.name)
    assert digest(paths) == digest(reversed(paths))
    assert digest(paths, "v20") != digest(paths, "v22")


def test_a_step_is_skipped_only_for_the_same_inputs(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp"
    assert not is_stamped(stamp, "inputs")
    stamp.write_text("inputs")
    assert is_stamped(stamp, "inputs")
    assert not is_stamped(stamp, "other inputs")


def test_the_installer_is_pinned_with_its_hashes() -> None:
    pin = setup.read_pin("uv")
    assert pin.startswith("uv==")
    assert "--hash=sha256:" in pin
    assert "==" not in pin.removeprefix("uv==")


def test_a_package_that_is_not_pinned_is_named() -> None:
    with pytest.raises(Failure, match="pins no left-pad"):
        setup.read_pin("left-pad")


def test_a_failed_command_tells_what_it_was_for_and_what_it_printed() -> None:
    with pytest.raises(
        Failure, match=r"Trying failed \(sh -c echo no room >&2; exit 3\):\nno room"
    ):
        call(["sh", "-c", "echo no room >&2; exit 3"], "Trying")
