"""The machine of a measurement: which processor does what, how much time a process took."""

import os
import subprocess
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROCESSORS = sorted(os.sched_getaffinity(0))
ALL = set(PROCESSORS)
SERVERS = {PROCESSORS[0]}  # what is measured has this one to itself
OTHERS = set(PROCESSORS[1:]) or SERVERS


def pinned(processors: set[int]) -> list[str]:
    """Return what comes before a command, so that it runs on these processors alone."""
    return ["taskset", "--cpu-list", ",".join(map(str, sorted(processors)))]


def cpu_seconds(process: int) -> float:
    """Return how much processor time a process has taken so far, in all its threads."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(process: int) -> int:
    """Return how much memory a process holds, in MB, what it maps of files included."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) // 1024
    return 0


def noise() -> float:
    """Return which part of the processors others took, over one second of our doing nothing."""
    before, begun = _busy(), time.monotonic()
    time.sleep(1)
    return (_busy() - before) / TICKS / (time.monotonic() - begun) / len(PROCESSORS)


def sync_milliseconds(path: Path) -> dict[str, float]:
    """Return how long the disk takes for a page, at the median and at worst of two hundred."""
    lengths = []
    with path.open("wb") as file:
        for _ in range(200):
            file.write(bytes(4096))
            file.flush()
            begun = time.monotonic()
            os.fdatasync(file.fileno())
            lengths.append((time.monotonic() - begun) * 1000)
    lengths.sort()
    return {"disk_sync_ms_p50": lengths[100], "disk_sync_ms_p99": lengths[198]}


def _busy() -> int:
    first = Path("/proc/stat").read_text().splitlines()[0].split()
    user, nice, system, _idle, _wait, irq, softirq, steal = (int(part) for part in first[1:9])
    return user + nice + system + irq + softirq + steal


def compiled(source: Path, target: Path) -> Path:
    """Return the program made of a file in C. Raises SystemExit without a compiler."""
    try:
        subprocess.run(["cc", "-O2", "-o", target, source], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"The load generator needs gcc (apt install gcc): {error}") from None
    return target
