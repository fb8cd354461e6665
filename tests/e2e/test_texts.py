# SPDX-License-Identifier: MIT
"""Texts that files, studies, paths and the environment bring are shown, and
never steer the reader's terminal: each command, once, on hostile ones."""
import os
import re

import numpy as np
import pytest

import support

h5py = pytest.importorskip("h5py")

HOSTILE = "a\x1b[31mb\x07\x7fd\x9b2Je\x85f\rg\th\\"
# The same in a name of a file, where it need not be UTF-8.
NAME = HOSTILE + b"\x9b\xff\xc3".decode(errors="surrogateescape")
IN_YAML = r'"a\e[31mb\a\x7Fd\x9B2Je\Nf\rg\th\\"'
# What a terminal may get of it, wherever it is shown.
SHOWN = r"\x1b"
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
STUDY = f"""\
study: texts
title: {IN_YAML}
grid: {{activation: [relu, tanh], seed: {{count: 2}}, scale: [0.5, 1, 2]}}
data: {{set: circles, train: 20, test: 10}}
network: {{width: 3, depth: 1}}
curvature: {{subspace: {{dim: [2]}}, split: false}}
train: {{steps: 2, log: {{every: 1}}, track: [loss]}}
"""
# All of these are told of at once.
WRONG = STUDY.replace("circles", IN_YAML) + f"""\
{IN_YAML}: 1
run: {{precision: {IN_YAML}, {IN_YAML}: 2}}
"""
UNREADABLE = (f"study: [{IN_YAML}\n", f"study: x\nstudy: {IN_YAML}\n{{",
              "study: &a\x1b x\n", b"study: \x9b\xff\n",
              f"study: !{'%1b'} {IN_YAML}\n--- {IN_YAML}\n")
# Those that the program, its launcher's signs and its libraries read.
ENVIRONMENT = (
    "SLURM_JOB_ID", "SLURM_NTASKS", "SLURM_STEP_NUM_TASKS", "SLURM_MPI_TYPE",
    "SLURM_MEM_PER_CPU", "SLURM_CPUS_PER_TASK", "SLURM_JOB_PARTITION",
    "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_CORETYPE", "PMI_SIZE",
    "GOLDILOCKS_CODE", "LANG", "LC_ALL", "COLUMNS", "TERM", "TZ")


def complaint(folder, *args, shows=True, **options):
    """What is wrong with what a command says; "" for nothing."""
    result = support.run(*args, cwd=folder, **options)
    said = result.out + result.err
    if CONTROL.search(said) or "\ufffd" in said.replace("\\ufffd", ""):
        return f"{args!r} {options.keys()}: {said!r}"
    if result.code < 0 or (shows and SHOWN not in said):
        return f"{args!r}: {result}"
    return ""


def assert_harmless(complaints):
    assert not list(filter(None, complaints))


@pytest.fixture(scope="module", name="folder")
def fixture_folder(tmp_path_factory):
    """A hostile study, and its file whose texts are all hostile."""
    folder = tmp_path_factory.mktemp(NAME)
    support.write(folder / "study.yaml", STUDY)
    support.succeed("run", "study.yaml", "-o", NAME, "--quiet", cwd=folder)
    text = HOSTILE.encode()
    with h5py.File(folder / NAME, "r+") as file:
        file["status_measure"][0, 0, 0] = 2
        file["status_train"][0, 0, 0] = 2
        for name in ("message_measure", "message_train"):
            put(file[name], (0, 0, 0), text)
        for name in ("hosts", "slurm_job"):
            put(file["sessions"][name], (0,), text)
    return folder


def put(texts, place, text):
    """Characters are strings of length 1 that end with a 0, which h5py makes
    empty on the way; written as the type they are in the file."""
    whole = texts[...].astype("S1")
    whole[place][:len(text)] = np.frombuffer(text, "S1")
    texts.id.write(h5py.h5s.ALL, h5py.h5s.ALL, whole,
                   mtype=texts.id.get_type())


def test_a_result(folder):
    assert_harmless(complaint(folder, words[0], NAME, *words[1:], shows=shows)
                    for words, shows in [
                        (("status", "--failed"), True),
                        (("status", "--json", "--failed"), False),
                        (("summary",), False), (("summary", "--json"), False),
                        (("table",), True),
                        (("table", "--format", "jsonl"), False),
                        (("verify",), True)])


def test_a_study(folder):
    assert_harmless(complaint(folder, *words, shows=shows) for words, shows in [
        (("plan", "study.yaml"), True),
        (("plan", "study.yaml", "--json"), False),
        (("run", "study.yaml", "-o", f"n{NAME}"), True),
        (("run", "study.yaml", "-o", f"n{NAME}", "--verbose",
          "--overwrite"), True),
        (("merge", f"m{NAME}", NAME, f"n{NAME}"), True),
        (("point", "study.yaml", "--at", "activation=relu,seed=0,scale=2",
          "-o", f"p{NAME}"), True),
        (("doctor", "study.yaml", "-o", f"d/{NAME}"), False)])


def test_words(folder):
    assert_harmless(complaint(folder, *words) for words in [
        (NAME,), ("status", f"no{NAME}"), ("status", f"--{NAME}"),
        ("validate", "study.yaml", "--set", f"{NAME}=1"),
        ("validate", "study.yaml", "--set", f"network.init={NAME}"),
        ("point", "study.yaml", "--at", NAME, "-o", "p"),
        ("table", NAME, "--format", NAME),
        ("run", "study.yaml", "--shard", NAME),
        ("run", "study.yaml", "-o", f"r{NAME}.h5/"),
        ("run", "study.yaml", "-o", "r.h5", "--set", "data.set=mnist", "--set",
         f'data.path=/"{NAME}"')])


@pytest.mark.parametrize("text", [WRONG, *UNREADABLE], ids=ascii)
def test_wrong_studies(folder, text):
    if isinstance(text, str):
        text = text.encode()
    support.write(folder / f"w{NAME}.yaml", text)
    assert_harmless([complaint(folder, "validate", f"w{NAME}.yaml")])


def test_attributes(folder):
    """Those that a refusal names."""
    path = folder / "attributes.h5"
    complaints = []
    for name in ("schema_version", "study_identity", "data_sha256", "blas_core",
                 "config"):
        path.write_bytes((folder / NAME).read_bytes())
        with h5py.File(path, "r+") as file:
            file.attrs[name] = HOSTILE
        complaints += [complaint(folder, "verify", path.name, shows=False),
                       complaint(folder, "run", "study.yaml", "-o", path.name,
                                 shows=False)]
    assert_harmless(complaints)


def test_environment(folder):
    environment = {**os.environ, **dict.fromkeys(ENVIRONMENT, NAME),
                   "TMPDIR": str(folder)}
    assert_harmless(complaint(folder, *words, shows=False, env=environment)
                    for words in [("run", "study.yaml", "-o", "n.h5"),
                                  ("doctor", "study.yaml"), ("status", "n.h5")])


def test_kernel(folder):
    """Of a kernel that there is not, nothing is begun."""
    environment = {**os.environ, "GOLD_KERNEL": NAME}
    for command in ("run", "doctor", "plan", "validate"):
        result = support.run(command, "study.yaml", cwd=folder,
                             env=environment)
        assert result.code == 2 and "use plain, avx2 or blas" in result.err
    assert_harmless([complaint(folder, "run", "study.yaml", shows=False,
                               env=environment)])
