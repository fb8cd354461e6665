# SPDX-License-Identifier: MIT
"""What scripts need before they need any module: their options, and words for
a module that this Python has not."""
import contextlib
import subprocess
import sys

# Debian's and Ubuntu's Python, which has the modules of their packages.
SYSTEM = "/usr/bin/python3"


def output_options(parser, metavar, words):
    """The options of scripts that make a file, by goldilocks/outputs.py."""
    parser.add_argument("-o", "--output", metavar=metavar, help=words)
    parser.add_argument("--overwrite", action="store_true",
                        help=f"replace {metavar} if it exists and is of the "
                        "kind that is written")


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
