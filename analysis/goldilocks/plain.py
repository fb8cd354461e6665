# SPDX-License-Identifier: MIT
"""HDF5 files that somebody sends: opened only where all that they hold is in
the file itself, as the program has it (src/store/plain.h), and HDF5 survives
them (src/base/errand.h)."""
import contextlib
import errno
import faulthandler
import os
import resource
import stat
import traceback
import warnings

import h5py
from h5py._objects import phil

# Of the processor, to look at a file; healthy ones take a tenth of one.
MOST_SECONDS = 20
# More of one object take minutes to read, and ours have a dozen.
MOST_ATTRIBUTES = 1000
# Libraries that read bytes of files: what they raise is about the file.
READERS = ("h5py.", "h5netcdf.", "xarray.backends.", "xarray.coding.")
WAY_OUT = "copy the file again from where it is whole, or take a backup"
DAMAGED = "is damaged: " + WAY_OUT


class Refusal(ValueError):
    """A file is not what is wanted; the message begins with its name."""
    names_file = True


def is_damage(error):
    """Did a library fail on what it read? Also long after the file was opened:
    values are read when they are asked for."""
    if isinstance(error, MemoryError) or getattr(error, "errno", None):
        return False
    modules = [frame.f_globals.get("__name__", "") + "."
               for frame, _ in traceback.walk_tb(error.__traceback__)]
    return any(module.startswith(READERS) for module in modules)


@contextlib.contextmanager
def sound(path, refusal):
    """Around what reads the file: words of libraries about bytes that make no
    sense help nobody."""
    try:
        yield
    except refusal:
        raise
    except Exception as error:
        if not is_damage(error):
            raise
        raise refusal(f"{path}: {DAMAGED}") from error


@contextlib.contextmanager
def opened(path, refusal):
    """The file, for reading; raises `refusal`, of the class above, where it has
    links, data in other files, or groups that hold themselves."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise refusal(f"{path}: is a device, pipe or folder, not a file")
        if not survives(path):
            raise refusal(f"{path}: {DAMAGED}")
        file = h5py.File(path)
    except OSError as error:
        raise refusal(f"{path}: {why_closed(error)}") from error
    with file, sound(path, refusal):
        try:
            check(file, refusal, set())
        except refusal as error:
            raise refusal(f"{path}: {error}") from error
        yield file


def survives(path):
    """Can HDF5 look at all of it? Damaged files make it crash, or loop, so a
    process of its own looks first. What else it meets, who opens it will too."""
    with phil, warnings.catch_warnings():  # no other thread is inside HDF5
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            faulthandler.disable()
            look(path)
        finally:
            os._exit(0)
    try:
        return not os.WIFSIGNALED(os.waitpid(child, 0)[1])
    except ChildProcessError:  # who ignores SIGCHLD hears nothing of children
        return True


def look(path):
    """Read what opening reads."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    taken = resource.getrusage(resource.RUSAGE_SELF)
    most = int(taken.ru_utime + taken.ru_stime) + MOST_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (most, most))
    with h5py.File(path) as file:
        check(file, Refusal, set())
        file.visititems(touch)


def touch(_, item):
    for name in item.attrs:
        with contextlib.suppress(OSError):
            _ = item.attrs[name]
    if isinstance(item, h5py.Dataset):
        _ = item.shape, item.chunks, [dict(dim) for dim in item.dims]


def why_closed(error):
    """Why a file does not open, without what HDF5 says around it."""
    if error.errno == errno.EAGAIN:
        return "another program has it open for writing"
    if error.errno:
        return os.strerror(error.errno)
    if "truncated" in str(error):
        return "is cut short: " + WAY_OUT
    if "signature not found" in str(error):
        return "is no HDF5 file"
    return DAMAGED


def check(group, refusal, seen):
    """Refuse what a group holds, and the groups in it, by name."""
    seen.add(address(group))
    check_attributes(group, refusal)
    for name in group:
        where = f"{group.name.rstrip('/')}/{name}"
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise refusal(f"{where} is a link, which may lead anywhere")
        try:
            item = group[name]
        except (KeyError, OSError) as error:
            raise refusal(f"{where} {DAMAGED}") from error
        if isinstance(item, h5py.Group):
            if address(item) in seen:
                raise refusal(f"{where} is in the file twice")
            check(item, refusal, seen)
        elif not isinstance(item, h5py.Dataset):
            raise refusal(f"{where} is no data")
        elif item.external or item.is_virtual:
            raise refusal(f"{where} has its data in another file")
        else:
            check_attributes(item, refusal)


def check_attributes(item, refusal):
    if len(item.attrs) > MOST_ATTRIBUTES:
        raise refusal(f"{item.name} has {len(item.attrs)} attributes")


def address(item):
    return h5py.h5o.get_info(item.id).addr
