"""The set-up explains its failures in one sentence; the programs that fail are real."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import set_up

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("[Errno 13] Permission denied: '/x'", "may not write"),
        ("Failed to resolve: Temporary failure in name resolution", "cannot be reached"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", "it was refused"),
        ("a line\nERROR: something new\nmore", "ERROR: something new"),
        ("", "no reason given"),
    ],
)
def test_what_pip_says_becomes_a_sentence(told: str, sentence: str) -> None:
    assert sentence in set_up.explanation(told)


def test_an_old_python_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(set_up.SetUpError, match=r"needs Python 3\.11 or newer"):
        set_up.use_new_enough_python()


def test_without_an_index_it_says_so_in_one_line(tmp_path: Path) -> None:
    for name in ("set_up.py",):
        (tmp_path / "deploy").mkdir()
        (tmp_path / "deploy" / name).write_bytes((ROOT / "deploy" / name).read_bytes())
    (tmp_path / "requirements.txt").write_text(f"flask==3.1.3 --hash=sha256:{'0' * 64}\n")
    nowhere = {
        "PATH": os.environ["PATH"],
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_NO_CACHE_DIR": "1",
    }

    done = subprocess.run(
        [sys.executable, tmp_path / "deploy/set_up.py"],
        env=nowhere,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "The package index cannot be reached" in done.stderr
