# SPDX-License-Identifier: MIT
"""Says in words which module a script needs that this Python has not."""
import contextlib
import subprocess
import sys

# Debian's and Ubuntu's Python, which has the modules of their packages.
SYSTEM = "/usr/bin/python3"


@contextlib.contextmanager
def modules():
    """Around the imports of a script, after it has read its arguments."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise SystemExit(way_out(error.name)) from error


def way_out(name):
    here = f"{sys.executable} has no module {name}: "
    if sys.executable != SYSTEM and has(SYSTEM, name):
        return here + f"run this script with {SYSTEM}, which has it"
    return here + (f"apt-get install python3-{name.lower()} (for {SYSTEM}), "
                   f"or pip install {name}")


def has(python, name):
    probe = "import importlib.util, sys; sys.exit(not importlib.util.find_spec("
    try:
        return subprocess.run([python, "-c", f"{probe}{name!r}))"],
                              check=False).returncode == 0
    except OSError:
        return False
