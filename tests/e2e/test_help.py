# SPDX-License-Identifier: MIT
"""Help, manual pages and completion: all of them from the table of commands."""
import pathlib
import re
import shutil
import subprocess

import pytest

import support

SHELLS = support.TOP / "src/app/shells"
STUDY = """
study: shells
grid: {activation: [relu, tanh], seed: {count: 2}, relative_radius: [0.5, 1]}
data: {set: circles, train: 20, test: 10}
network: {width: 3}
curvature: {subspace: {dim: [2]}}
"""


@pytest.fixture(scope="module", name="commands")
def fixture_commands():
    overview = support.succeed("help").out
    names = re.findall(r"^  goldilocks (\w+)", overview, re.MULTILINE)
    assert len(names) > 11 and "complete" not in names
    return names


def test_help(commands):
    """help COMMAND is COMMAND --help; lines fit a terminal."""
    assert support.succeed("help").out == support.succeed("--help").out
    assert support.succeed("-V").out == support.succeed("--version").out
    for name in commands:
        text = support.succeed("help", name).out
        assert text == support.succeed(name, "-h").out
        assert text.startswith(f"goldilocks {name}") and "--help" in text
        assert all(len(line) <= 80 and line == line.rstrip()
                   for line in text.splitlines()), text
    wrong = support.run("help", "summry")
    assert wrong.code == 2 and "did you mean 'summary'?" in wrong.err


def test_manual_pages(commands):
    """Each command has one that is built, with all of its options, and that man
    has nothing to say against."""
    folder = pathlib.Path(shutil.which(support.GOLDILOCKS)).resolve().parent
    pages = sorted(path.name for path in (folder / "man1").glob("*"))
    assert pages == sorted(["goldilocks.1", *(f"goldilocks-{name}.1"
                                              for name in commands)])
    for name in commands:
        page = (folder / f"man1/goldilocks-{name}.1").read_text()
        assert page == support.succeed("help", name, "--format", "man").out
        for option in re.findall(r"^  (?:-\w, )?(--[\w-]+)",
                                 support.succeed("help", name).out, re.M):
            assert option.replace("-", "\\-") in page, option
    if shutil.which("man") is None:
        pytest.skip("no man")
    for page in pages:
        done = subprocess.run(
            ["man", "--warnings", "-l", folder / "man1" / page], check=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "MANWIDTH": "80"})
        assert done.stderr == "" and "NAME" in done.stdout, page


# A line as typed up to the tab, and what has to be among the answers; a dash:
# nothing may be.
LINES = {
    "goldilocks ": "run summary help doctor",
    "goldilocks su": "summary",
    "goldilocks run --": "--output --set --help --max-seconds",
    "goldilocks run --ov": "--overwrite",
    "goldilocks status --ov": "-",
    "goldilocks table out.h5 --format ": "csv jsonl",
    "goldilocks run s.yaml --set net": "network.depth= network.width=",
    "goldilocks run s.yaml --set nets": "-",
    "goldilocks help ver": "verify",
    "goldilocks keys train.learning": "train.learning_rate",
    "goldilocks point s.yaml --at ": "activation= seed= relative_radius=",
    "goldilocks point s.yaml --at activation=": "relu tanh",
    "goldilocks point s.yaml --at activation=tanh,se": "tanh,seed=",
    "goldilocks point s.yaml --at activation=tanh,seed=": "0 1",
    "goldilocks summary --at relative_radius=0.5,act": "-",
    "goldilocks summary out.h5 --at relative_radius=0.5,act":
        "0.5,activation=",
    "goldilocks summary --json out.h5 --at ": "activation= relative_radius=",
    "goldilocks summary --by seed out.h5 --at activation=": "relu tanh",
    "goldilocks summary out.h5 --by ": "activation seed relative_radius",
    "goldilocks summary out.h5 --by act": "activation",
    "goldilocks run s.yaml --set train.optimizer=": "gd sgd adamw",
    "goldilocks run s.yaml --set train.optimizer=ad": "adam adamw",
    "goldilocks run s": "-",
    "goldilocks nothing --": "-",
}


def test_bash(tmp_path):
    """What bash would put in for each line, all asked in one shell."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash")
    support.write(tmp_path / "s.yaml", STUDY)
    support.succeed("run", "s.yaml", "-o", "out.h5", "--quiet", cwd=tmp_path)
    asked = "".join(f"COMP_LINE='{line}' COMP_POINT={len(line)}\n"
                    '_goldilocks "$PROGRAM"; echo "${COMPREPLY[*]-}"\n'
                    for line in LINES)
    script = f"source {SHELLS}/goldilocks.bash\n{asked}"
    done = subprocess.run([bash, "-u", "-c", script], cwd=tmp_path, check=True,
                          env={**support.environment(),
                               "PROGRAM": shutil.which(support.GOLDILOCKS)},
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True)
    assert done.stderr == ""
    answers = done.stdout.splitlines()
    assert len(answers) == len(LINES)
    for (line, wanted), answer in zip(LINES.items(), answers):
        if wanted == "-":
            assert answer == "", line
        else:
            assert set(wanted.split()) <= set(answer.split()), (line, answer)
