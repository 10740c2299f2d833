"""Clock of the peer benchmarks: the moment this process started, so that imports and compilation are counted."""

import os
import time


def process_start() -> float:
    """time.time() at which the kernel started this process (Linux, 10 ms resolution); elsewhere, the time of the call."""
    try:
        with open("/proc/self/stat") as stat, open("/proc/uptime") as uptime:
            # The second field is the command in parentheses and may hold spaces; starttime is field 22 of proc(5).
            started = int(stat.read().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
            return time.time() - (float(uptime.read().split()[0]) - started)
    except OSError:
        return time.time()


def versions_of(*packages: str) -> dict[str, str]:
    """Installed versions of the named packages, with Python's."""
    import platform
    from importlib.metadata import version

    return {"python": platform.python_version(), **{name: version(name) for name in packages}}
