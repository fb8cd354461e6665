# SPDX-License-Identifier: MIT
"""What scripts need before they need any module: their options, words for a
module that this Python has not, printing, and one message for what fails."""
import argparse
import contextlib
import subprocess
import sys
import unicodedata
import warnings

# Debian's and Ubuntu's Python, which has the modules of their packages.
SYSTEM = "/usr/bin/python3"


def output_options(parser, metavar, words):
    """The options of scripts that make a file, by goldilocks/outputs.py."""
    parser.add_argument("-o", "--output", metavar=metavar, help=words)
    parser.add_argument("--overwrite", action="store_true",
                        help=f"replace {metavar} if it exists and is of the "
                        "kind that is written")


def harmless(text):
    """Text as a terminal may have it: whatever files, paths and arguments bring,
    control characters and bytes that are no UTF-8 are shown as escapes."""
    return "".join(map(shown, text))


def shown(character):
    code = ord(character)
    if 0xdc80 <= code <= 0xdcff:  # what Python has for a byte of a name
        return f"\\x{code - 0xdc00:02x}"
    kind = unicodedata.category(character)
    if character == "\n" or kind not in ("Cc", "Cs"):
        return character
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def say(text):
    print(harmless(text))


class Parser(argparse.ArgumentParser):
    """Reads arguments, and shows them harmless where they are wrong."""

    def _print_message(self, message, file=None):
        super()._print_message(harmless(message or ""), file)


@contextlib.contextmanager
def modules():
    """Around the imports of a script, after it has read its arguments."""
    how = warnings.formatwarning
    warnings.formatwarning = lambda *about, **more: harmless(
        how(*about, **more))
    try:
        yield
    except ModuleNotFoundError as error:
        raise SystemExit(way_out(error.name)) from error


@contextlib.contextmanager
def one_message(path):
    """Around the work of a script on a file: what fails ends it with one message
    and code 1. The file may be anything, so this may be any exception; Python's
    development mode (-X dev) shows where."""
    try:
        yield
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        from goldilocks import outputs, plain
        words = outputs.typed(error)
        names_file = getattr(error, "names_file", False)
        if not names_file and plain.is_damage(error):
            words = plain.DAMAGED
        elif not isinstance(error, (OSError, ValueError)):
            words = f"cannot be used: {type(error).__name__}: {words}"
        if not names_file:
            words = f"{path}: {words}"
        raise SystemExit(harmless(words)) from error


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
