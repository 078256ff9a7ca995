"""What `MIEN_MODE=production` refuses to start with."""

from dataclasses import replace
from pathlib import Path

import pytest

from assessment.faults import Misconfigured
from assessment.licensing import KNOWN_DETECTORS
from assessment.production import of_measuring, of_the_service, require, strong
from assessment.starting import EX_CONFIG, told_to_the_operator
from tests.samples import manifests
from training.detector import DETECTOR_SHA256

GOOD_KEY = "sk_live_Jm3v0TqkUq8wzLx5ZrYb2NnCgD7sEoHa1iPfMtKuV4c"


def of_service(**changes: object) -> list[str]:
    good: dict[str, object] = {
        "public_url": "https://mien.example.org",
        "api_key": GOOD_KEY,
        "allow_loopback": False,
    }
    return list(of_the_service(**(good | changes)))  # pyright: ignore[reportArgumentType]


def test_good_settings_fall_short_of_nothing() -> None:
    assert of_service() == []


@pytest.mark.parametrize(
    ("changes", "setting"),
    [
        ({"public_url": None}, "MIEN_PUBLIC_URL"),
        ({"public_url": "http://mien.example.org"}, "MIEN_PUBLIC_URL"),
        ({"public_url": "https://"}, "MIEN_PUBLIC_URL"),
        ({"public_url": "https://me:secret@mien.example.org"}, "MIEN_PUBLIC_URL"),
        ({"public_url": "https://[::1"}, "MIEN_PUBLIC_URL"),
        ({"public_url": "https://mien.example.org\n"}, "MIEN_PUBLIC_URL"),
        ({"public_url": "https://mien.exam\tple.org"}, "MIEN_PUBLIC_URL"),
        ({"public_url": " https://mien.example.org"}, "MIEN_PUBLIC_URL"),
        ({"public_url": "https://mien.example.org/\u202e"}, "MIEN_PUBLIC_URL"),
        ({"api_key": None}, "MIEN_API_KEY"),
        ({"api_key": GOOD_KEY.replace("live", "test")}, "MIEN_API_KEY"),
        ({"api_key": "sk_live_secret"}, "MIEN_API_KEY"),
        ({"api_key": "sk_live_" + "a" * 60}, "MIEN_API_KEY"),
        ({"allow_loopback": True}, "MIEN_CALLBACK_ALLOW_LOOPBACK"),
    ],
)
def test_each_shortcoming_names_its_setting_and_no_secret(
    changes: dict[str, object], setting: str
) -> None:
    (told,) = of_service(**changes)

    assert told.startswith(setting)
    assert "secret@" not in told
    assert "aaaa" not in told


def test_all_shortcomings_are_told_at_once() -> None:
    found = of_service(public_url=None, api_key=None, allow_loopback=True)

    with pytest.raises(Misconfigured, match=r"PUBLIC_URL.*API_KEY.*ALLOW_LOOPBACK"):
        require(found)
    require([])


@pytest.mark.parametrize("key", [GOOD_KEY, GOOD_KEY.replace("live", "test"), GOOD_KEY[8:]])
def test_a_random_key_is_strong_whatever_its_prefix(key: str) -> None:
    assert strong(key)


def test_the_detector_that_is_built_here_needs_no_statement() -> None:
    assert set(KNOWN_DETECTORS) == {DETECTOR_SHA256}


def test_another_detector_needs_the_licence_that_the_operator_holds(tmp_path: Path) -> None:
    # given
    detector = tmp_path / "det_10g.onnx"
    detector.write_bytes(b"somebody's weights")

    # when
    (told,) = of_measuring(manifests(), detector, {})

    # then
    assert "MIEN_DETECTOR" in told
    assert str(tmp_path) not in told
    assert not list(of_measuring(manifests(), detector, {"detector": "contract 12"}))
    assert list(of_measuring(manifests(), tmp_path / "none", {}))


@pytest.mark.parametrize("licence", [{}, {"weights": "", "commercial_use": True}, {"weights": "x"}])
def test_weights_without_a_licence_statement_are_refused(
    tmp_path: Path, licence: dict[str, object]
) -> None:
    weights = manifests()
    weights["hmhn"] = replace(weights["hmhn"], licence=licence)

    (told,) = of_measuring(weights, tmp_path, {"detector": "contract 12"})

    assert "hmhn" in told


def test_a_refusal_is_one_line_and_the_status_for_a_wrong_configuration(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended, told_to_the_operator():
        require(["MIEN_X is wrong"])

    assert ended.value.code == EX_CONFIG
    told = capsys.readouterr().err
    assert told == "mien cannot start: MIEN_MODE=production: MIEN_X is wrong\n"
