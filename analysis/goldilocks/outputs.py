# SPDX-License-Identifier: MIT
"""Files that scripts make: the one rule of what they may replace, that of the
program (include/goldilocks/output.h), in its words.

What is there already is replaced only where the user says so (overwrite=True),
only if it is of the kind that is made, or empty, never if the same command
reads it, and never while another command writes it. Symbolic links are
followed."""
import contextlib
import fcntl
import os
import stat

PAGE = "an HTML page"
PICTURE = "a picture"

# How files begin, and what they are then; blanks before do not count.
BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", PICTURE), (b"\xff\xd8\xff", PICTURE),
    (b"GIF8", PICTURE), (b"%PDF-", PICTURE), (b"%!PS", PICTURE),
    (b"II*\0", PICTURE), (b"MM\0*", PICTURE), (b"<svg", PICTURE),
    (b"<!doctype html", PAGE), (b"<html", PAGE),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"), (b"PK\3\4", "a zip archive"),
    (b"\x1f\x8b", "a gzip file"), (b"#!", "a script"),
)


class Refused(ValueError):
    """A file may not be written there; the message names it."""
    names_file = True


class Exists(Refused):
    """It may be, where the user says so: as an argument, or as what is `typed`."""

    def __init__(self, path):
        words = f"{path} exists: name another file, or replace it "
        super().__init__(words + "(overwrite=True)")
        self.typed = words + "(--overwrite)"


def typed(error):
    """What an error says to who types commands."""
    return getattr(error, "typed", str(error))


@contextlib.contextmanager
def making(path, kind, inputs=(), overwrite=False):
    """Hold a file while it is made. Gives the temporary name to write it under;
    it gets its own when all is done. Raises Refused by the rule, before
    anything is made."""
    path = str(path)
    real = follow(path)
    check(path, real, kind, inputs, overwrite)
    with contextlib.ExitStack() as stack:
        with refusing(path):
            make_folders(os.path.dirname(real), stack)
            take_lock(real, stack)
            check(path, real, kind, inputs, overwrite)
            before = identity(real)
            temporary = make_temporary(real, stack)
        with whole_words(path):
            yield temporary
        with refusing(path):
            if identity(real) not in (None, before):
                raise Refused(f"{path}: another program has put a file there "
                              "meanwhile, which is not replaced")
            os.replace(temporary, real)


@contextlib.contextmanager
def whole_words(path):
    """What the system refuses to a library, which says a lot of it."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, os.strerror(error.errno), path) from error


@contextlib.contextmanager
def refusing(path):
    """What the system refuses, we do."""
    try:
        yield
    except OSError as error:
        raise Refused(f"{error.filename or path}: {error.strerror}") from error


def make_folders(folder, stack):
    """Make the folders of a file; at the end those that are empty go again."""
    if folder and not os.path.isdir(folder):
        make_folders(os.path.dirname(folder), stack)
        os.mkdir(folder)
        stack.callback(remove, os.rmdir, folder)


def make_temporary(real, stack):
    """The name of a new file beside another, which goes unless it is renamed.
    """
    for i in range(1000):
        name = f"{real}.tmp-{os.getpid()}" + (f"-{i}" if i else "")
        with contextlib.suppress(FileExistsError):
            with open(name, "xb"):
                stack.callback(remove, os.unlink, name)
                return name
    raise Refused(f"{real}: kills have left too many files {name}")


def remove(how, name):
    with contextlib.suppress(OSError):
        how(name)


def follow(path):
    """Where a file is whose name may be a symbolic link."""
    if path == "":
        raise Refused("the name of the file is empty")
    return os.path.realpath(path) if os.path.islink(path) else path


def check(path, real, kind, inputs, overwrite):
    """The rule."""
    if path.endswith("/") or os.path.isdir(real):
        raise Refused(f"{path}: is a folder; name a file in it")
    if not os.path.exists(real):
        return
    if not os.path.isfile(real):
        raise Refused(f"{path}: is a device or pipe, not a file")
    if any(os.path.exists(name) and os.path.samefile(name, real)
           for name in inputs):
        raise Refused(f"{path} is to be made, but is also one of the files "
                      "that are read: name another file")
    found = kind_of(real)
    if found not in (kind, "empty"):
        raise Refused(f"{path}: is not {kind}: the file is {found}; name "
                      "another file, or remove this one")
    if not overwrite:
        raise Exists(path)
    if not os.access(real, os.W_OK):
        raise Refused(f"{path}: may not be written")


def kind_of(path):
    """What a file is, by its first bytes."""
    try:
        with open(path, "rb") as file:
            head = file.read(512)
    except OSError:
        return "unreadable"
    if not head:
        return "empty"
    start = head.lstrip()
    for bytes_, kind in BEGINNINGS:
        if start[:len(bytes_)].lower() == bytes_.lower():
            return kind
    if start.startswith(b"<?xml") and b"<svg" in head:
        return PICTURE
    return "of an unknown kind" if b"\0" in head else "plain text"


def is_of_kind(path, kind):
    """Is a file there, and of that kind?"""
    return os.path.isfile(path) and kind_of(path) == kind


def identity(path):
    """What tells a file from others, whatever its name; None: no file."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def take_lock(real, stack):
    """Hold the lock of a name, as the program does (src/store/lock.c)."""
    name = real + ".lock"
    while True:
        with contextlib.ExitStack() as attempt:
            lock = open_lock(name)
            attempt.callback(os.close, lock)
            about = os.fstat(lock)
            if not stat.S_ISREG(about.st_mode) or about.st_size > 0:
                raise Refused(f"{name}: is not empty, so it is not the lock "
                              "that this name is for: give that file another "
                              "name")
            lock_now(lock, real)
            # The last holder may have removed it in between.
            if identity(name) == (about.st_dev, about.st_ino):
                attempt.callback(remove, os.unlink, name)
                stack.push(attempt.pop_all())
                return


def open_lock(name):
    """The file of a lock. That of another user's killed run can be locked all
    the same."""
    flags = os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(name, os.O_RDWR | os.O_CREAT | flags, 0o666)
    except PermissionError:
        if not os.path.exists(name):
            raise
    return os.open(name, os.O_RDONLY | flags)


def lock_now(lock, real):
    """Lock an open file, where the file system has locks."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Refused(f"{real}: another run is writing this file; wait for "
                      "it, or name another file") from error
    except OSError:
        pass
