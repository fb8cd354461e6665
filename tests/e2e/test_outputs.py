# SPDX-License-Identifier: MIT
"""What may be replaced: one rule for every command and every script that makes
a file, for every kind of file that is there already, under any name. And what
others may do with a file while a run writes it."""
import collections
import contextlib
import fcntl
import importlib.util
import io
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

import numpy as np
import pytest

import support

h5py = pytest.importorskip("h5py")
xr = pytest.importorskip("xarray")
pytest.importorskip("h5netcdf")
ANALYSIS = support.TOP / "analysis"
sys.path.insert(0, str(ANALYSIS))
goldilocks = pytest.importorskip("goldilocks")
from goldilocks import page, plots  # noqa: E402

USAGE, IO = 2, 4
STUDY = """
study: outputs
grid: {seed: {count: 2}, scale: [0.5, 1, 2]}
data: {set: circles, train: 20, test: 10}
network: {width: 3, depth: 1}
curvature: {subspace: {dim: [2]}}
"""
# Its training lasts until it is told to stop.
ENDLESS = """
study: endless
grid: {seed: [0]}
data: {set: circles, train: 50, test: 20}
train: {steps: 1000000000, log: {count: 2}}
run: {checkpoint_every: 0.01}
"""
PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)
PAGE = "<!DOCTYPE html>\n<html></html>\n"

# What a command needs besides the name of the file it makes, which stands for
# OUT; what it makes; what it reads.
Writer = collections.namedtuple("Writer", "words kind inputs")
AT = "seed=0,scale=1"
COMMANDS = {
    "run": Writer("run study.yaml -o OUT --quiet", "result", "study.yaml"),
    "point": Writer(f"point study.yaml --at {AT} -o OUT", "point",
                    "study.yaml"),
    "merge": Writer("merge OUT first.h5 second.h5", "result",
                    "first.h5 second.h5"),
}
SCRIPTS = {
    "report": Writer("whole.h5 -o OUT", "page", "whole.h5"),
    "plot_zone": Writer("whole.h5 -o OUT", "picture", "whole.h5"),
}
WRITERS = {**COMMANDS, **SCRIPTS}
# With the option for an output, and none is made.
ONLY_LOOKS = {"doctor"}

THINGS = {  # what is there, and its kind
    "nothing": "nothing", "empty": "empty", "its own": "result",
    "other": "result", "later format": "result", "point": "point",
    "study": "text", "table": "text", "page": "page", "picture": "picture",
    "damaged": "damaged", "foreign": "foreign",
}


@pytest.fixture(scope="module", name="made")
def fixture_made(tmp_path_factory):
    """A folder with one thing of each kind, and inputs of all commands."""
    folder = tmp_path_factory.mktemp("made")
    support.write(folder / "study.yaml", STUDY)
    for name, words in {
            "whole.h5": [], "first.h5": ["--shard", "1/2"],
            "second.h5": ["--shard", "2/2"],
            "other": ["--set", "grid.seed=[7]"]}.items():
        support.succeed("run", "study.yaml", "-o", name, "--quiet", *words,
                        cwd=folder)
    support.succeed("point", "study.yaml", "--at", AT, "-o", "point",
                    cwd=folder)
    whole = (folder / "whole.h5").read_bytes()
    support.write(folder / "empty", b"")
    support.write(folder / "its own", whole)
    support.write(folder / "later format", whole)
    with h5py.File(folder / "later format", "r+") as file:
        file.attrs["schema_version"] = "999"
    support.write(folder / "study", STUDY)
    support.write(folder / "table", "seed,loss\n0,1.5\n")
    support.write(folder / "page", PAGE)
    support.write(folder / "picture", PNG)
    support.write(folder / "damaged", whole[:3000])
    with h5py.File(folder / "foreign", "w") as file:
        file["loss"] = np.zeros(3)
    return folder


@pytest.fixture(name="folder")
def fixture_folder(made, tmp_path):
    for name in ("study.yaml", "whole.h5", "first.h5", "second.h5"):
        support.write(tmp_path / name, (made / name).read_bytes())
    return tmp_path


def put(made, folder, thing):
    if thing != "nothing":
        support.write(folder / "out", (made / thing).read_bytes())


@pytest.fixture(scope="module", autouse=True)
def fixture_simple_contents():
    """What scripts draw takes long, and does not matter here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page, "report", lambda *_: PAGE + 5000 * " ")
        patch.setattr(plots, "zone_figure", simple_figure)
        yield


def simple_figure(_, dim, **_panels):
    assert dim is None
    figure, axes = plots.style.canvas()
    axes[0, 0].plot([0, 1], [0, 1])
    return figure


def call_script(name, words):
    """Run a script within this process: importing what it needs takes most of
    its time."""
    spec = importlib.util.spec_from_file_location(name, ANALYSIS / f"{name}.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    out, before = io.StringIO(), sys.argv
    sys.argv = [name, *words]
    try:
        with contextlib.redirect_stdout(out):
            code = script.main()
    except SystemExit as error:
        if isinstance(error.code, str):
            return support.Result(1, out.getvalue(), error.code)
        code = error.code
    finally:
        sys.argv = before
    return support.Result(code or 0, out.getvalue(), "")


def write(name, folder, *options, out="out"):
    """Let a command or script write to `out`."""
    words = [out if word == "OUT" else word
             for word in WRITERS[name].words.split()]
    with contextlib.chdir(folder) if hasattr(contextlib, "chdir") else \
            changed_to(folder):
        if name in SCRIPTS:
            return call_script(name, [*words, *options])
        return support.run(*words, *options)


@contextlib.contextmanager
def changed_to(folder):
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def snapshot(folder):
    """All that is in a folder, links as links."""
    return {str(path.relative_to(folder)):
            f"-> {os.readlink(path)}" if path.is_symlink()
            else support.digest(path) if path.is_file() else "folder"
            for path in sorted(folder.rglob("*"))}


def expected(name, thing, is_overwrite):
    """The rule: an exit code, and a word of the message."""
    kind, written = THINGS[thing], WRITERS[name].kind
    refusal = 1 if name in SCRIPTS else IO
    if kind == "nothing" or (is_overwrite and kind in (written, "empty")):
        return 0, ""
    if name == "run" and thing == "its own":
        return 0, ""  # goes on with it
    if name == "run" and kind in (written, "empty"):
        return refusal, "another study|format|empty"
    if kind in (written, "empty"):
        return refusal, "out exists.*--overwrite"
    return refusal, "out: is (not|a damaged)"


def is_of_kind(path, kind):
    content = path.read_bytes()
    if kind == "page":
        return content.startswith(b"<!DOCTYPE html>") and len(content) > 5000
    if kind == "picture":
        return content.startswith(PNG[:8]) and len(content) > 5000
    with h5py.File(path) as file:
        return "loss" in file if kind == "result" else "loss" in file["point"]


@pytest.mark.parametrize("is_overwrite", [False, True],
                         ids=["", "overwrite"])
@pytest.mark.parametrize("thing", THINGS)
@pytest.mark.parametrize("name", WRITERS)
def test_rule(made, folder, name, thing, is_overwrite):
    put(made, folder, thing)
    before = snapshot(folder)
    options = ["--overwrite"] if is_overwrite else []
    code, words = expected(name, thing, is_overwrite)
    result = write(name, folder, *options)
    assert result.code == code, result
    assert re.search(words, result.err, re.S), result.err
    after = snapshot(folder)
    if code != 0:
        assert after == before
    else:
        assert is_of_kind(folder / "out", WRITERS[name].kind)
        assert set(after) == {*before, "out"}
        assert all(after[key] == before[key] for key in before
                   if key != "out")


def test_no_writer_is_left_out():
    """All that have an option for a file they make are in the table."""
    overview = support.succeed("--help").out
    names = re.findall(r"^  goldilocks (\w+)", overview, re.M)
    assert len(names) > 9
    writers = {name for name in names
               if re.search("--output|OUT|--overwrite",
                            support.succeed(name, "--help").out)}
    assert writers - ONLY_LOOKS == set(COMMANDS)
    scripts = {path.stem for path in ANALYSIS.glob("*.py")
               if "__main__" in path.read_text()
               and re.search(r"open\(.*\"[wax]|savefig|\boutput\b",
                            path.read_text())}
    assert scripts == set(SCRIPTS)
    for name in SCRIPTS:
        text = (ANALYSIS / f"{name}.py").read_text()
        assert "outputs.making(" in text and "needed.output_options(" in text


@pytest.mark.parametrize("how", ["same", "soft", "hard"])
@pytest.mark.parametrize("name", WRITERS)
def test_input(folder, name, how):
    """What is read is not written, whatever it is called."""
    for source in WRITERS[name].inputs.split():
        out = "again"
        if how == "soft":
            (folder / out).symlink_to(source)
        elif how == "hard":
            os.link(folder / source, folder / out)
        else:
            out = source
        before = snapshot(folder)
        result = write(name, folder, "--overwrite", out=out)
        assert result.code == (1 if name in SCRIPTS else USAGE), result
        assert "also one of the files that are read" in result.err
        assert snapshot(folder) == before
        (folder / "again").unlink(missing_ok=True)


@pytest.mark.parametrize("name", WRITERS)
def test_soft_link(folder, name):
    """Written is what the link leads to, which need not be there yet."""
    (folder / "deep").mkdir()
    (folder / "out").symlink_to("middle")
    (folder / "middle").symlink_to(folder / "deep" / "target")
    before = snapshot(folder)
    for options in ([], ["--overwrite"]):
        result = write(name, folder, *options)
        assert result.code == 0, result
        after = snapshot(folder)
        assert is_of_kind(folder / "deep" / "target", WRITERS[name].kind)
        assert set(after) == {*before, "deep/target"}
        assert after["out"] == "-> middle"


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("place", ["made", "new"])
def test_folder(folder, name, place):
    """A name of a folder is none of a file, whether it is there or not."""
    (folder / "made").mkdir()
    before = snapshot(folder)
    for out in (f"{place}/", place) if place == "made" else (f"{place}/",):
        result = write(name, folder, "--overwrite", out=out)
        assert result.code == (1 if name in SCRIPTS else IO), result
        words = "is a folder; name a file in it" \
            if place == "made" or name in SCRIPTS \
            else "is the name of a folder, which is not there"
        assert words in result.err, result
        assert snapshot(folder) == before


@pytest.mark.parametrize("name", COMMANDS)
def test_long_name(folder, name):
    """What stands beside the file meanwhile has a longer one: that is said
    before there is any work, and the longest that may be does."""
    most = os.pathconf(folder, "PC_NAME_MAX") - len(".tmp-4194304-999")
    before = snapshot(folder)
    result = write(name, folder, "--overwrite", out=(most + 1) * "n")
    assert result.code == IO, result
    assert (f"its name has {most + 1} bytes, and may have {most}"
            in result.err), result
    assert snapshot(folder) == before
    result = write(name, folder, "--overwrite", out=most * "n")
    assert result.code == 0, result
    assert is_of_kind(folder / (most * "n"), WRITERS[name].kind)


@pytest.mark.parametrize("name", WRITERS)
def test_failure_leaves_nothing(folder, name):
    """Not even the folders that were made for the file."""
    damaged = support.write(folder / "study.yaml", STUDY.replace("20", "0"))
    for source in ("whole.h5", "second.h5"):
        os.truncate(folder / source, 3000)
    before = snapshot(folder)
    result = write(name, folder, out="new/deep/out")
    assert result.code != 0, result
    assert snapshot(folder) == before
    assert damaged.exists()


@pytest.mark.parametrize("name", WRITERS)
def test_locked(made, folder, name):
    """Who holds the name has it; what only looks like a lock stays."""
    lock = folder / "out.lock"
    with open(lock, "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        for thing in ("nothing", {"page": "page", "picture": "picture",
                                  "result": "its own", "point": "point"}[
                                      WRITERS[name].kind]):
            put(made, folder, thing)
            before = snapshot(folder)
            result = write(name, folder, "--overwrite")
            assert result.code != 0 and "another run" in result.err, result
            assert snapshot(folder) == before
    support.write(lock, "my notes")
    before = snapshot(folder)
    result = write(name, folder, "--overwrite")
    assert result.code != 0 and "out.lock: is not empty" in result.err, result
    assert snapshot(folder) == before
    # What a kill has left is in nobody's way.
    support.write(lock, "")
    assert write(name, folder, "--overwrite").code == 0
    assert not lock.exists()


# ------------------------------------------------------------ names of files

@pytest.mark.parametrize("words", [
    "-o x", "-ox", "-o=x", "--output x", "--output=x", "-o ./x", "-o -- x"])
@pytest.mark.parametrize("command", ["run", "point"])
def test_spelling(folder, command, words):
    """A name of one letter, which Open MPI does not like, however it is
    given; and a study whose name begins with a dash."""
    support.write(folder / "-s.yaml", STUDY)
    out = words.split()
    if words == "-o -- x":
        out = ["-o", "x"]
    at = ["--at", AT] if command == "point" else []
    support.succeed(command, *out, *at, "--", "-s.yaml", cwd=folder)
    assert is_of_kind(folder / "x", "result" if command == "run" else "point")


def test_one_dash_too_few(folder):
    """No file "utput" is made."""
    before = snapshot(folder)
    for words in (["-output", "x"], ["-output=x"]):
        result = support.run("run", "study.yaml", *words, cwd=folder)
        assert result.code == USAGE and "'--output'" in result.err, result
        assert snapshot(folder) == before


# ------------------------------------------------------- while a run writes

@pytest.fixture(scope="module", name="busy")
def fixture_busy(made, tmp_path_factory):
    """A folder with a file that a run holds as long as the tests look, two
    other names of it, and what commands read. The run stands still: it would
    take a processor from others, and writes nothing before its end."""
    folder = tmp_path_factory.mktemp("busy")
    for name in ("study.yaml", "whole.h5", "first.h5", "second.h5"):
        support.write(folder / name, (made / name).read_bytes())
    support.write(folder / "endless.yaml", ENDLESS)
    process = support.start("run", "endless.yaml", "-o", "held.h5",
                            cwd=folder)
    # With it all is open that will be.
    while not (folder / "held.h5.checkpoints").exists():
        assert process.poll() is None
    process.send_signal(signal.SIGSTOP)
    (folder / "soft.h5").symlink_to("held.h5")
    os.link(folder / "held.h5", folder / "hard.h5")
    yield folder
    assert process.poll() is None
    support.kill_all(process)


def identity_of(path):
    about = path.stat()
    return about.st_dev, about.st_ino


@pytest.mark.parametrize("words", [
    "run endless.yaml -o OUT", "run endless.yaml -o OUT --overwrite",
    "run study.yaml -o OUT --overwrite", "merge OUT first.h5 second.h5",
    "merge OUT whole.h5 --overwrite", "merge OUT soft.h5 --overwrite",
    f"point study.yaml --at {AT} -o OUT --overwrite"])
@pytest.mark.parametrize("name", ["held.h5", "soft.h5", "hard.h5"])
def test_held(busy, name, words):
    before = {path.name: identity_of(path) for path in busy.iterdir()}
    result = support.run(*words.replace("OUT", name).split(), cwd=busy)
    assert result.code in (USAGE, IO), result
    if "overwrite" in words and "merge OUT w" in words:
        assert "another run is writing" in result.err
    assert before == {path.name: identity_of(path) for path in busy.iterdir()}


@pytest.mark.parametrize("name, ranks", [
    ("held.h5", 0), ("soft.h5", 0), ("hard.h5", 0), ("hard.h5", 3)])
def test_two_runs(busy, name, ranks):
    for options in ([], ["--overwrite"]):
        result = support.run("run", "endless.yaml", "-o", name, *options,
                             ranks=ranks, cwd=busy)
        assert result.code == IO, result
        assert result.err.count("another run is writing this file") == 1


@pytest.mark.parametrize("name", SCRIPTS)
def test_held_by_scripts(busy, name):
    result = write(name, busy, "--overwrite", out="hard.h5")
    assert result.code == 1 and "the file is an HDF5 file" in result.err


def outside(folder, *words, **variables):
    """A program that knows nothing of ours, and no settings of ours."""
    env = {key: value for key, value in os.environ.items()
           if key != "HDF5_USE_FILE_LOCKING"}
    done = subprocess.run(words, cwd=folder, env={**env, **variables},
                          text=True, check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


READERS = {
    "h5py": "import h5py; h5py.File('held.h5')['status_train'][()]",
    "xarray, h5netcdf":
        "import xarray; xarray.open_dataset('held.h5', engine='h5netcdf')"
        ".load()",
    "xarray, netCDF4":
        "import netCDF4, xarray; xarray.open_dataset('held.h5', "
        "engine='netcdf4').load()",
    "our package": f"import sys; sys.path.insert(0, '{ANALYSIS}'); "
        "import goldilocks; goldilocks.open_results('held.h5').load()",
}


@pytest.mark.parametrize("reader", READERS)
def test_others_read(busy, reader):
    code, said = outside(busy, sys.executable, "-c", READERS[reader])
    assert code == 0, said


def test_ncdump(busy):
    if subprocess.run(["which", "ncdump"], check=False,
                      stdout=subprocess.DEVNULL).returncode != 0:
        pytest.skip("no ncdump")
    code, said = outside(busy, "ncdump", "-v", "status_train", "held.h5")
    assert code == 0 and "status_train =" in said, said


@pytest.mark.parametrize("name, is_ours", [
    ("held.h5", False), ("soft.h5", False), ("hard.h5", False),
    ("held.h5", True)])
def test_others_do_not_write(busy, name, is_ours):
    """Also who uses our package, which reads where there are no locks."""
    ours = (f"import sys; sys.path.insert(0, '{ANALYSIS}'); "
            "import goldilocks\n" if is_ours else "")
    code, said = outside(busy, sys.executable, "-c", f"{ours}import h5py\n"
                         f"h5py.File('{name}', 'r+').attrs['a'] = 'b'")
    assert code != 0 and "lock" in said, said
    with h5py.File(busy / name) as file:
        assert "a" not in file.attrs


@pytest.mark.parametrize("ranks", [0, 2])
def test_another_program_writes(folder, ranks):
    """Who has the file open for writing is not written under."""
    with h5py.File(folder / "first.h5", "r+"):
        result = support.run("run", "study.yaml", "-o", "first.h5",
                             ranks=ranks, cwd=folder)
        assert result.code == IO, result
        assert result.err.count("another program has this file open") == 1
    support.succeed("run", "study.yaml", "-o", "first.h5", cwd=folder)
    with h5py.File(folder / "first.h5", "r+") as file:
        file.attrs["note"] = "all is done"


# ------------------------------------------- a file written by two all the same

def add_lost(path, where, name):
    """An attribute whose text is not there any more, as it is left where a
    program without locks adds it to a file that a run writes, which ends with
    the size that it knows."""
    size = path.stat().st_size
    head = path.read_bytes()[:48]  # the superblock
    with h5py.File(path, "r+") as file:
        file[where].attrs[name] = "a text that is nobody's business"
    with open(path, "r+b") as file:
        file.write(head)
    os.truncate(path, size)
    with h5py.File(path) as file, pytest.raises(OSError):
        file[where].attrs[name]


@pytest.mark.parametrize("words", [
    "status FILE", "status --json FILE", "summary FILE", "table FILE",
    "verify FILE", "run study.yaml -o FILE", "merge new.h5 FILE"])
@pytest.mark.parametrize("name", ["note", "blas_core"])
def test_lost_attribute(folder, words, name):
    words = words.replace("FILE", "whole.h5").split()
    add_lost(folder / "whole.h5", "/", name)
    add_lost(folder / "whole.h5", "/", "title")
    result = support.succeed(*words, cwd=folder)
    assert name not in result.err


@pytest.mark.parametrize("name", ["config", "data_sha256", "schema_version",
                                  "study_identity"])
def test_lost_attribute_that_counts(folder, name):
    add_lost(folder / "whole.h5", "/", name)
    for command in ("status", "table"):
        result = support.run(command, "whole.h5", cwd=folder)
        assert result.code == IO, result
        assert "whole.h5" in result.err and name in result.err, result


@pytest.mark.parametrize("where", ["/", "sessions"])
def test_lost_attribute_in_python(made, folder, where):
    whole = goldilocks.open_results(made / "whole.h5").load()
    add_lost(folder / "whole.h5", where, "note")
    found = goldilocks.open_results(folder / "whole.h5").load()
    assert found.identical(whole)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be others")
def test_a_lock_that_another_user_left():
    """In a folder that users share, a killed run is in nobody's way."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        folder.chmod(0o777)
        shutil.copy(shutil.which(support.GOLDILOCKS), folder / "program")
        support.write(folder / "study.yaml", STUDY)
        lock = support.write(folder / "r.h5.lock", "")
        done = as_nobody(folder, RUN)
        assert done.returncode == 0 and not lock.exists(), done.stderr
        with open(lock, "wb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            done = as_nobody(folder, RUN)
        assert done.returncode == IO and b"another run" in done.stderr


RUN = "run study.yaml -o r.h5 --quiet"


def as_nobody(folder, words):
    return subprocess.run(
        ["./program", *words.split()], cwd=folder,
        user=65534, group=65534, extra_groups=[], check=False,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "HOME": str(folder)})


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be others")
def test_a_file_that_nobody_may_read(made):
    """Nobody is told that his results are none, or to remove them."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        folder.chmod(0o777)
        shutil.copy(shutil.which(support.GOLDILOCKS), folder / "program")
        support.write(folder / "study.yaml", STUDY)
        shutil.copy(made / "whole.h5", folder / "r.h5")
        shutil.copy(made / "whole.h5", folder / "other.h5")
        (folder / "r.h5").chmod(0o600)
        for words in ("status r.h5", RUN, "merge r.h5 other.h5",
                      "merge r.h5 other.h5 --overwrite",
                      "merge new.h5 r.h5 other.h5",
                      "point study.yaml --at seed=0,scale=1 -o r.h5"):
            done = as_nobody(folder, words)
            assert (done.returncode, done.stderr) == (
                IO, b"goldilocks: r.h5: Permission denied\n"), words


def test_a_file_without_a_descriptor(made):
    done = support.run(
        "status", "whole.h5", cwd=made,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (5, 5)))
    assert (done.code, done.err) == (
        IO, "goldilocks: whole.h5: Too many open files\n")
