# SPDX-License-Identifier: MIT
"""HDF5 files that somebody sends: opened only where all that they hold is in
the file itself, as the program has it (src/store/plain.h)."""
import contextlib
import os
import stat

import h5py

# More of one object take minutes to read, and ours have a dozen.
MOST_ATTRIBUTES = 1000


class Refusal(ValueError):
    """A file is not what is wanted; the message begins with its name."""
    names_file = True


@contextlib.contextmanager
def opened(path, refusal):
    """The file, for reading; raises `refusal`, of the class above, where it has
    links, data in other files, or groups that hold themselves."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise refusal(f"{path}: is a device, pipe or folder, not a file")
        file = h5py.File(path)
    except OSError as error:
        raise refusal(f"{path}: {error}") from error
    with file:
        try:
            check(file, refusal, set())
        except refusal as error:
            raise refusal(f"{path}: {error}") from error
        yield file


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
            raise refusal(f"{where} is damaged: {error}") from error
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
