# SPDX-License-Identifier: MIT
"""A Slurm cluster of one node, this machine, that lives as long as a test.

Everything it writes is in one folder of its own, its daemons have ports and a
munge key of their own, and they die with the process that started them. It
needs root, since a node's daemon starts jobs as their users do.
"""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import support

TOOLS = ["munged", "slurmctld", "slurmd", "sbatch", "srun", "scontrol",
         "squeue", "scancel", "setpriv"]
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"

# A requeued job waits for cred_expire seconds, two minutes where nobody says
# otherwise. Jobs here may ask for more than this machine has.
SETTINGS = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire={wait}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=2,bf_interval=2
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
ReturnToService=2
KillWait=20
NodeName={host} NodeAddr=127.0.0.1 CPUs=8 RealMemory=1000000
PartitionName=test Nodes={host} Default=YES MaxTime=10 State=UP
"""


def missing():
    """Why there can be no cluster here; "" where there can be one."""
    absent = [tool for tool in TOOLS if shutil.which(tool, path=PATH) is None]
    if absent:
        return "no " + ", ".join(absent)
    return "" if os.geteuid() == 0 else "a Slurm node needs root"


class Cluster:
    """Use it in a `with`: it is stopped at the end, whatever happens."""

    def __init__(self, wait):
        self.wait = wait
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="slurm-"))
        self.environment = dict(
            os.environ, PATH=PATH, SLURM_CONF=str(self.folder / "slurm.conf"))
        self.daemons = []
        self.began = None  # time.monotonic() of its controller

    def __enter__(self):
        try:
            self.configure()
            self.start_munge()
            self.start("slurmctld", "-D", "-i")
            self.began = time.monotonic()
            self.start("slurmd", "-D")
            self.wait_for(lambda: "idle" in self.tell("sinfo", "-h"))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if len(self.daemons) > 1:
            self.run("scancel", "--user=root")
            self.run("scancel", "--user=root", "--signal=KILL")
            self.wait_for(lambda: self.tell("squeue", "-h") == "",
                          seconds=60, is_must=False)
        for daemon in reversed(self.daemons):
            daemon.send_signal(signal.SIGTERM)
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def configure(self):
        ports = free_ports(2)
        for name in ("state", "spool"):
            (self.folder / name).mkdir()
        (self.folder / "slurm.conf").write_text(SETTINGS.format(
            host=socket.gethostname().split(".")[0], folder=self.folder,
            controller_port=ports[0], node_port=ports[1], wait=self.wait))

    def start_munge(self):
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        self.folder.chmod(0o755)
        path = self.folder / "munge"
        self.start("munged", "--foreground", f"--key-file={key}",
                   f"--socket={path}.socket", f"--pid-file={path}.pid",
                   f"--log-file={path}.log", f"--seed-file={path}.seed")
        self.wait_for(pathlib.Path(f"{path}.socket").exists)

    def start(self, *words):
        """A daemon in the foreground, that gets SIGKILL should we be gone."""
        with open(self.folder / f"{words[0]}.out", "wb") as out:
            self.daemons.append(subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *words], stdout=out,
                stderr=out, env=self.environment, cwd=self.folder))

    def wait_for(self, is_so, seconds=support.LIMIT, is_must=True):
        """Wait until something is so; if it `is_must`, fail if it never is."""
        end = time.monotonic() + seconds
        while not is_so():
            dead = [d.args for d in self.daemons if d.poll() is not None]
            if dead or time.monotonic() > end:
                assert not is_must, f"{dead or 'not ready'}\n{self.logs()}"
                return
            time.sleep(0.2)

    def logs(self):
        """The ends of what the daemons said."""
        return "\n".join(f"{path.name}: {path.read_text()[-2000:]}"
                         for path in sorted(self.folder.iterdir())
                         if path.suffix in (".log", ".out"))

    def run(self, *words, cwd=None):
        return subprocess.run([str(word) for word in words], cwd=cwd,
                              env=self.environment, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True,
                              timeout=support.LIMIT, check=False)

    def tell(self, *words, cwd=None):
        """What a command prints; it has to succeed."""
        done = self.run(*words, cwd=cwd)
        assert done.returncode == 0, f"{words}: {done.stdout}\n{self.logs()}"
        return done.stdout.strip()

    def job(self, number):
        """What Slurm knows of a job: {"JobState": "RUNNING", ...}."""
        words = self.tell("scontrol", "show", "job", number).split()
        return dict(word.split("=", 1) for word in words if "=" in word)


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
