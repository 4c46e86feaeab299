"""What the disk of the power cuts promises, and what it does not."""

import random

from tests.simulation.power.disk import Disk, Image, Step

SYNCED = b"a" * 8192
FOLDER_SYNCED = Step("sync_folder", "")


def with_file() -> Disk:
    """A disk with one file, on it for sure."""
    return Disk({"f": SYNCED})


def cuts(disk: Disk, many: int = 400) -> list[Image]:
    return [disk.cut(random.Random(seed)) for seed in range(many)]


def test_what_was_synced_is_there_after_every_cut() -> None:
    disk = with_file()
    disk.take(Step("write", "f", 4096, b"b" * 4096))
    disk.take(Step("sync", "f"))
    assert {image["f"] for image in cuts(disk)} == {b"a" * 4096 + b"b" * 4096}


def test_a_write_not_synced_may_be_gone_there_or_torn() -> None:
    disk = with_file()
    disk.take(Step("write", "f", 0, b"b" * 8192))
    left = {image["f"] for image in cuts(disk)}
    assert {SYNCED, b"b" * 8192} < left
    torn = [one for one in left if one is not None and b"a" in one and b"b" in one]
    assert any(one.startswith(b"a") for one in torn)
    assert any(one.startswith(b"b") for one in torn)
    assert any(one.count(b"b") % 512 for one in torn), "no sector was there only in part"


def test_a_later_write_may_be_there_without_an_earlier_one() -> None:
    disk = with_file()
    disk.take(Step("write", "f", 0, b"b" * 512))
    disk.take(Step("write", "f", 4096, b"c" * 512))
    left = [image["f"] for image in cuts(disk)]
    assert any(one is not None and b"c" in one and b"b" not in one for one in left)
    assert any(one is not None and b"b" in one and b"c" not in one for one in left)


def test_bytes_that_nobody_wrote_are_never_damaged() -> None:
    disk = with_file()
    disk.take(Step("write", "f", 100, b"b" * 700))
    for image in cuts(disk):
        left = image["f"]
        assert left is not None
        assert left[:100] + left[800:] == b"a" * (8192 - 700)


def test_a_file_that_grew_may_have_any_length_between() -> None:
    disk = with_file()
    disk.take(Step("write", "f", 8192, b"b" * 1024))
    lengths = {len(image["f"] or b"") for image in cuts(disk)}
    assert min(lengths) == 8192
    assert max(lengths) == 9216
    assert len(lengths) > 10
    assert all((image["f"] or b"").startswith(SYNCED) for image in cuts(disk))


def test_a_truncation_not_synced_may_be_undone() -> None:
    disk = with_file()
    disk.take(Step("truncate", "f", 0))
    assert {image["f"] for image in cuts(disk)} == {SYNCED, b""}
    disk.take(Step("sync", "f"))
    assert {image["f"] for image in cuts(disk)} == {b""}


def test_a_new_file_may_be_missing_until_its_folder_was_synced_though_it_was() -> None:
    disk = Disk()
    for step in (Step("make", "f"), Step("write", "f", 0, b"b"), Step("sync", "f")):
        disk.take(step)
    assert {"f" in image for image in cuts(disk)} == {True, False}
    disk.take(FOLDER_SYNCED)
    assert [image for image in cuts(disk) if image != {"f": b"b"}] == []


def test_a_removed_file_may_be_back_until_its_folder_was_synced() -> None:
    disk = with_file()
    disk.take(Step("remove", "f"))
    assert {"f" in image for image in cuts(disk)} == {True, False}
    disk.take(FOLDER_SYNCED)
    assert cuts(disk, 20) == [{}] * 20


def test_a_renamed_file_has_one_of_its_names() -> None:
    disk = Disk({"d": None, "f": SYNCED})
    disk.take(Step("rename", "f", to="d/g"))
    assert {"|".join(image) for image in cuts(disk)} == {"d|f", "d|d/g"}
    disk.take(FOLDER_SYNCED)
    assert {"|".join(image) for image in cuts(disk)} == {"d|f", "d|d/g"}
    disk.take(Step("sync_folder", "d"))
    assert {"|".join(image) for image in cuts(disk)} == {"d|d/g"}


def test_a_folder_that_is_lost_takes_all_that_is_in_it_along() -> None:
    disk = Disk()
    for step in (Step("folder", "d"), Step("make", "d/f"), Step("sync_folder", "d")):
        disk.take(step)
    assert {"|".join(image) for image in cuts(disk)} == {"", "d|d/f"}
