# SPDX-License-Identifier: MIT
"""Running the program from tests: where it is, how, and on what."""
import atexit
import dataclasses
import functools
import gzip
import hashlib
import itertools
import math
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
GOLDILOCKS = os.environ.get("GOLDILOCKS", "goldilocks")
MPIEXEC = os.environ.get("MPIEXEC", "mpirun")
# Sanitizers and the like make the program ten times slower: do less.
IS_QUICK = os.environ.get("GOLDILOCKS_TEST_QUICK", "") not in ("", "0")
# Seconds after which a command hangs: no computer, however busy, is so slow.
LIMIT = 3600 if IS_QUICK else 1800
FASHION_MNIST = pathlib.Path(os.environ.get(
    "GOLDILOCKS_FASHION_MNIST", "/usr/share/datasets/fashion-mnist"))
MNIST = pathlib.Path(os.environ.get("GOLDILOCKS_MNIST", "no-mnist-here"))
CIFAR10 = pathlib.Path(os.environ.get("GOLDILOCKS_CIFAR10",
                                      "no-cifar10-here"))

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMPI_ALLOW_RUN_AS_ROOT", "1")
os.environ.setdefault("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1")


@dataclasses.dataclass
class Result:
    """How a command ended."""
    code: int
    out: str
    err: str


PLACES = itertools.count()


@functools.lru_cache(None)
def place_of_all():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="goldilocks-mpi-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def environment(ranks=0, env=None):
    """What a start gets. One process by itself needs no daemon of MPI to look
    after it, which takes as long to start as all the rest. But those that
    nobody looks after believe to be the same one, and would share the files of
    MPI: each has a folder of its own."""
    env = dict(os.environ if env is None else env)
    if ranks == 0:
        place = place_of_all() / str(next(PLACES))
        place.mkdir()
        env.setdefault("OMPI_MCA_ess_singleton_isolated", "1")
        env.setdefault("OMPI_MCA_orte_tmpdir_base", str(place))
    return env


def command(args, ranks=0, launcher=()):
    """The words of `goldilocks ARGS`, under mpirun if `ranks` > 0, which gets
    the options `launcher`."""
    words = [GOLDILOCKS, *map(str, args)]
    if ranks > 0:
        words = [MPIEXEC, *launcher, "--oversubscribe", "-n", str(ranks),
                 *words]
    return words


def run(*args, ranks=0, cwd=None, timeout=LIMIT, launcher=(), env=None,
        **options):
    done = subprocess.run(command(args, ranks, launcher), cwd=cwd,
                          env=environment(ranks, env), timeout=timeout,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False, **options)
    return Result(done.returncode, done.stdout.decode(errors="replace"),
                  done.stderr.decode(errors="replace"))


def succeed(*args, **options):
    """Run a command that has to end with 0."""
    result = run(*args, **options)
    assert result.code == 0, f"{args}: {result}"
    return result


def start(*args, ranks=0, cwd=None, launcher=(), out=subprocess.DEVNULL,
          env=None):
    """Start in a process group of its own, for kill_all. All that it says goes
    to `out`."""
    return subprocess.Popen(command(args, ranks, launcher), cwd=cwd,
                            env=environment(ranks, env), stdout=out,
                            stderr=subprocess.STDOUT, start_new_session=True)


def kill_all(process):
    """SIGKILL for the launcher and all ranks, wherever they are: mpirun puts
    each rank into a process group of its own, but leaves its session. All are
    gone when this returns, however long a busy computer takes over it."""
    session = process.pid
    while True:
        members = [pid for pid in pids() if session_of(pid) == session]
        if not members:
            break
        for pid in members:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        process.poll()
        time.sleep(0.001)
    process.wait()


def pids():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def session_of(pid):
    """Session of a living process, -1 when it is gone or only a zombie."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return -1
    fields = text[text.rindex(")") + 1:].split()
    return -1 if fields[0] == "Z" else int(fields[3])


def rank_of(pid):
    """Rank of a process, None when it is not one."""
    try:
        words = pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except (FileNotFoundError, PermissionError, ProcessLookupError):
        return None
    for word in words:
        if word.startswith(b"OMPI_COMM_WORLD_RANK="):
            return int(word.split(b"=")[1])
    return None


def pid_of(process, rank):
    """Process id of a rank."""
    for pid in pids():
        if (session_of(pid) == process.pid and pid != process.pid
                and rank_of(pid) == rank):
            return pid
    return None


@functools.lru_cache(None)
def few(folder, n=1000):
    """A folder with the first `n` images of each of its files: the whole is
    unpacked at each start, which takes longer than what most tests measure.
    Where there are no images it is `folder` itself."""
    paths = sorted(folder.glob("*-ubyte.gz"))
    if not paths:
        return folder
    out = place_of_all() / folder.name
    out.mkdir()
    for path in paths:
        with gzip.open(path) as file:
            head = file.read(4)
            n_all, *sizes = struct.unpack(f">{head[3]}I",
                                          file.read(4 * head[3]))
            count = min(n, n_all)
            write(out / path.stem, head
                  + struct.pack(f">{head[3]}I", count, *sizes)
                  + file.read(count * math.prod(sizes)))
    return out


def write(path, text):
    path = pathlib.Path(path)
    if isinstance(text, bytes):
        path.write_bytes(text)
    else:
        path.write_text(text)
    return path


def digest(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
