# SPDX-License-Identifier: MIT
"""Several nodes of a cluster on one machine. Each is a network namespace with
a host name of its own, on a bridge, so that MPI finds nodes that share files
but no memory, and a node can be lost.

All live in a namespace of process ids whose first process ends with this one:
then everything in it ends, and names, addresses and devices are gone, since
none of them is known outside."""
import os
import pathlib
import signal
import subprocess
import time

import support

NETWORK = "10.77.0"
# The first process of all: it makes the nodes and the bridge between them, says
# so, and lives until nobody listens any more.
MAKE = r"""
set -e
mount -t tmpfs tmpfs /dev/shm
ip link add bridge type bridge
ip link set bridge up
pids=
for name; do
    unshare -n -u sh -c 'hostname "$0"; echo >/dev/shm/"$0"; exec sleep inf' \
        "$name" </dev/null >/dev/null 2>&1 &
    while ! [ -f /dev/shm/"$name" ]; do sleep 0.01; done
    ip link add "to_$name" type veth peer name eth netns $!
    ip link set "to_$name" master bridge up
    pids="$pids $! $(readlink /proc/$!/ns/net)"
    in="nsenter -t $! -n"
    $in ip link set lo up
    $in ip addr add NETWORK.$(($(echo $pids | wc -w) / 2))/24 dev eth
    $in ip link set eth up
done
echo $pids
exec cat >/dev/null
""".replace("NETWORK", NETWORK)
# Open MPI starts its daemons on other nodes with this.
RSH = r"""#!/bin/sh
while case $1 in -*) true ;; *) false ;; esac; do shift; done
case $1 in
CASES
esac
shift
exec nsenter -t $pid -n -u sh -c "$*"
"""


def world(first, names):
    """The words that start the first process, as root or as a user."""
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    return ["unshare", *user, "--mount", "--net", "--pid", "--fork",
            "--kill-child", "--mount-proc", "sh", "-c", first, "sh", *names]


def why_not():
    """Why there can be no nodes here; None: there can."""
    try:
        done = subprocess.run(world(MAKE, ["node"]), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              check=False, timeout=120)
    except FileNotFoundError as error:
        return f"no namespaces without {error.filename}"
    except subprocess.TimeoutExpired:
        return "namespaces within namespaces are not made here"
    if done.returncode != 0:
        return ("no namespaces here: "
                + done.stdout.decode(errors="replace").strip())
    return None


class Nodes:
    """Nodes with these names, for a `with`."""

    def __init__(self, folder, *names):
        self.folder = pathlib.Path(folder)
        self.names = names
        self.world = subprocess.Popen(
            world(MAKE, names), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        words = self.world.stdout.readline().decode().split()
        assert len(words) == 2 * len(names), "no nodes"
        # By name: its first process, as known inside, and its network.
        self.pids = dict(zip(names, words[::2]))
        self.networks = dict(zip(names, words[1::2]))
        self.first = pathlib.Path(
            f"/proc/{self.world.pid}/task/{self.world.pid}/children"
        ).read_text().strip()
        self.started = []
        self._write_rsh()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.started:
            process.kill()
        self.world.stdin.close()
        self.world.stdout.close()
        self.world.wait()
        for process in self.started:
            process.communicate()

    def _write_rsh(self):
        cases = "\n".join(f"{self.address(name)}) pid={self.pids[name]} ;;"
                          for name in self.names)
        self.rsh = support.write(self.folder / "rsh",
                                 RSH.replace("CASES", cases))
        self.rsh.chmod(0o755)

    def address(self, name):
        return f"{NETWORK}.{self.names.index(name) + 1}"

    def inside(self, name, *words):
        """The words that run others on a node, or on the bridge."""
        user = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
        within = ["nsenter", "--target", self.first, *user, "--mount", "--pid",
                  "--net"]
        if name is not None:
            within += ["nsenter", "--target", self.pids[name], "--net", "--uts"]
        return [*within, *map(str, words)]

    def start(self, slots, *args, launcher=()):
        """Start goldilocks by mpirun on the first node, with so many processes
        on each of the nodes."""
        hosts = support.write(self.folder / "hosts", "".join(
            f"{self.address(name)} slots={n}\n" for name, n in slots.items()))
        settings = {"plm_rsh_agent": self.rsh, "pml": "ob1",
                    "btl": "self,vader,tcp",
                    "btl_tcp_if_include": f"{NETWORK}.0/24",
                    "oob_tcp_if_include": f"{NETWORK}.0/24"}
        words = support.command(
            args, sum(slots.values()),
            ["--hostfile", hosts, "--map-by", "slot", *launcher,
             *(word for item in settings.items()
               for word in ("--mca", *map(str, item)))])
        self.started.append(subprocess.Popen(
            self.inside(self.names[0], *words), stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True,
            env={**os.environ, "TMPDIR": "/dev/shm"}))
        return self.started[-1]

    def members(self, name):
        """All processes on a node."""
        found = []
        for pid in support.pids():
            try:
                if os.readlink(f"/proc/{pid}/ns/net") == self.networks[name]:
                    found.append(pid)
            except OSError:
                pass
        return sorted(found)

    def signal(self, name, number):
        for pid in self.members(name):
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def freeze(self, name):
        """Stop all that happens on a node, whatever it starts meanwhile."""
        stopped = set()
        while stopped != set(self.members(name)):
            stopped = set(self.members(name))
            self.signal(name, signal.SIGSTOP)

    def thaw(self, name):
        self.signal(name, signal.SIGCONT)

    def kill(self, name):
        """All of it. Open MPI's part came first, so it goes first, and cannot
        say that the others are gone."""
        while self.members(name):
            self.signal(name, signal.SIGKILL)
            time.sleep(0.01)

    def cut(self, name):
        subprocess.run(self.inside(None, "ip", "link", "set", f"to_{name}",
                                   "down"), check=True)
