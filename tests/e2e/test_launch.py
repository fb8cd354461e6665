# SPDX-License-Identifier: MIT
"""What the job scripts hand on to the program, and what they print, without a
Slurm: its commands are stubs, and so is the program, which notes its words."""
import os
import re
import subprocess

import pytest

import support

NOTE = """#!/bin/sh
{ for word; do printf '%s\\036' "$word"; done; echo; } >>"$NOTES"
"""
HOSTILE = "a\x1b[31mb\x07\x7f\x9b\\033[1mc"
NOT_UTF8 = b"x\x9b2J\xe9".decode(errors="surrogateescape")
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")


@pytest.fixture(name="folder")
def fixture_folder(tmp_path):
    """Commands that only exist, and the program."""
    (tmp_path / "bin").mkdir()
    for name in ("scontrol", "squeue", "sbatch", "qstat", "qsub"):
        stub(tmp_path / "bin" / name, "#!/bin/sh\n")
    stub(tmp_path / "program", NOTE)
    return tmp_path


def stub(path, text):
    support.write(path, text).chmod(0o755)


def submitted(folder, script, *words, **environment):
    """The script as Slurm would run it; how it ended, and what the program
    was told, command by command."""
    notes = folder / "notes"
    notes.unlink(missing_ok=True)
    done = subprocess.run(
        ["sh", support.TOP / "jobs" / script, *words], cwd=folder,
        check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PATH": f"{folder}/bin:{os.environ['PATH']}",
             "GOLDILOCKS_HOME": str(support.TOP), "NOTES": str(notes),
             "GOLDILOCKS": str(folder / "program"),
             "GOLDILOCKS_LAUNCH": "env", "SLURM_JOB_ID": "7",
             "SLURM_RESTART_COUNT": "1", **environment})
    told = {}
    if notes.exists():
        text = notes.read_bytes().decode(errors="surrogateescape")
        told = {line.split("\x1e")[0]: line.split("\x1e")[1:-1]
                for line in text.split("\n") if line}
    return done, told


# Words of run, and those that are left of them after a requeue.
WORDS = [
    ("s.yaml -o r.h5 --overwrite --retry-failed", "s.yaml -o r.h5"),
    ("s.yaml -o --overwrite --overwrite", "s.yaml -o --overwrite"),
    ("s.yaml --output --retry-failed --quiet",
     "s.yaml --output --retry-failed --quiet"),
    ("--set a=b --set --overwrite s.yaml --overwrite",
     "--set a=b --set --overwrite s.yaml"),
    ("-or.h5 --overwrite -- --overwrite", "-or.h5 -- --overwrite"),
    ("-o -- --overwrite s.yaml", "-o -- s.yaml"),
]
# Those that `validate` has a use for.
VALIDATED = ["s.yaml", "s.yaml", "s.yaml", "--set a=b --set --overwrite s.yaml",
             "-- --overwrite", "s.yaml"]


@pytest.mark.parametrize("words, validated", zip(WORDS, VALIDATED), ids=repr)
def test_a_value_is_no_option(folder, words, validated):
    done, told = submitted(folder, "sweep.sbatch", *words[0].split())
    assert done.returncode == 0, done.stderr
    assert told == {"run": words[1].split(), "validate": validated.split()}


@pytest.mark.parametrize("words, rest, output", [
    ("s.yaml -o r.h5 --overwrite", "s.yaml", "r"),
    ("-o --overwrite s.yaml --retry-failed", "s.yaml", "--overwrite"),
    ("--set -o -oa=b.h5 s.yaml", "--set -o s.yaml", "a=b"),
    ("--output=a=b -- s.yaml", "-- s.yaml", "a=b")])
def test_shards_take_their_output(folder, words, rest, output):
    done, told = submitted(
        folder, "shards.sbatch", *words.split(), SLURM_ARRAY_JOB_ID="8",
        SLURM_ARRAY_TASK_ID="1", SLURM_ARRAY_TASK_MIN="1",
        SLURM_ARRAY_TASK_MAX="2", SLURM_ARRAY_TASK_COUNT="2")
    assert done.returncode == 0, done.stderr
    assert told["run"] == ["--shard", "1/2", "-o", f"{output}.shard-1-of-2.h5",
                           *rest.split()]


def test_a_merge_of_names_like_options(folder):
    done, told = submitted(folder, "merge.sbatch", str(folder / "program"),
                           "-o.h5", "-o", "2", "--overwrite")
    assert done.returncode == 0, done.stderr
    assert told == {"merge": ["--overwrite", "--", "-o.h5",
                              "-o.shard-1-of-2.h5", "-o.shard-2-of-2.h5"]}


@pytest.mark.parametrize("name", ["GOLDILOCKS", "GOLDILOCKS_HOME",
                                  "GOLDILOCKS_LAUNCH", "SLURM_JOB_ID",
                                  "SLURM_RESTART_COUNT", "GOLDILOCKS_REQUEUES"])
@pytest.mark.parametrize("text", [HOSTILE, NOT_UTF8], ids=ascii)
def test_the_environment_is_harmless(folder, name, text):
    """What our scripts say themselves; the shell says what it cannot run."""
    done, _ = submitted(folder, "sweep.sbatch", "s.yaml", **{name: text})
    for said in (done.stdout, done.stderr):
        assert not CONTROL.search(said.decode()), said


def test_names_are_shown_as_they_are(folder):
    done, _ = submitted(folder, "sweep.sbatch", "s.yaml",
                        GOLDILOCKS="/\u00e9/\\033")
    assert "no /\u00e9/\\033: build it" in done.stderr.decode()


STOPPED = NOTE + """[ "$1" != run ] || exit 75
"""
# Warns whoever waits for it, and is warned by it.
WARNED = NOTE + """[ "$1" = run ] || exit 0
trap 'exit 75' USR1
kill -USR1 $PPID
while :; do sleep 0.05; done
"""
OF_PBS = {"SLURM_JOB_ID": "", "PBS_JOBID": "12.host", "GOLDILOCKS_REQUEUED": "1",
          "GOLDILOCKS_RUN": "'my study.yaml' -o r.h5 --overwrite"}


def test_pbs(folder):
    """It knows its time, and another job goes on, once more."""
    stub(folder / "bin/qstat", """#!/bin/sh
echo "    resources_used.walltime = 00:01:00
    Resource_List.walltime = 01:00:00"
""")
    stub(folder / "bin/qsub", NOTE + 'echo "$GOLDILOCKS_REQUEUED" >>"$NOTES"\n')
    stub(folder / "program", STOPPED)
    done, told = submitted(folder, "sweep.job", **OF_PBS)
    assert done.returncode == 75, done.stderr
    assert told["validate"] == ["my study.yaml"]
    assert told["run"] == ["--max-seconds", "3520", "my study.yaml", "-o", "r.h5"]
    assert told["-v"][-2:] == ["depend=afterany:12.host",
                               str(support.TOP / "jobs/sweep.job")]
    assert "2" in told


@pytest.mark.parametrize("environment, code", [
    (OF_PBS, 75), ({"SLURM_JOB_ID": "", "LSB_JOBID": "12",
                    "GOLDILOCKS_RUN": "s.yaml -o r.h5"}, 75)], ids=["pbs", "lsf"])
def test_a_warning(folder, environment, code):
    """Reaches the program; LSF requeues for the code."""
    stub(folder / "program", WARNED)
    done, told = submitted(folder, "sweep.job", **environment)
    assert done.returncode == code, done.stderr
    assert told["run"][-2:] == ["-o", "r.h5"]


def test_a_file_of_the_site(folder):
    """Read before all else; what it lacks is no reason to end."""
    site = support.write(folder / "site.sh",
                         f"false $NOT_SET\nGOLDILOCKS='{folder}/program'\n"
                         "export OF_SITE=yes\n")
    stub(folder / "program", NOTE + 'echo "$OF_SITE" >>"$NOTES"\n')
    done, told = submitted(folder, "sweep.sbatch", "s.yaml", GOLDILOCKS="",
                           GOLDILOCKS_SITE=str(site))
    assert done.returncode == 0 and "yes" in told, done.stderr
    done, _ = submitted(folder, "sweep.sbatch", "s.yaml",
                        GOLDILOCKS_SITE="/nowhere")
    assert done.returncode == 2 and b"names no file" in done.stderr
