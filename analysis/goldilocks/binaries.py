# SPDX-License-Identifier: MIT
"""Published files of samples, as they are: IDX arrays of any type (MNIST and its
kin, QMNIST, EMNIST), CIFAR-100's and STL-10's binaries."""
import gzip
import pathlib
import zlib

import numpy as np

from .samples import BadSamples

IDX_TYPES = {0x08: "u1", 0x09: "i1", 0x0b: ">i2", 0x0c: ">i4", 0x0d: ">f4",
             0x0e: ">f8"}
TEST = ("t10k", "test")


def content(path):
    """The bytes of a file, plain or .gz."""
    data = pathlib.Path(path).read_bytes()
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        return gzip.decompress(data)
    except (EOFError, OSError, zlib.error) as error:
        raise BadSamples(f"{path}: a damaged gzip file") from error


def read_idx(path):
    """An IDX array of 1 to 4 dimensions."""
    data = content(path)
    if len(data) < 8 or data[:2] != b"\0\0" or data[2] not in IDX_TYPES \
            or not 1 <= data[3] <= 4:
        raise BadSamples(f"{path}: is no IDX array of 1 to 4 dimensions")
    start = 4 + 4 * data[3]
    shape = tuple(int(n) for n in np.frombuffer(
        data[:start].ljust(start, b"\0"), ">u4", offset=4))
    kind = np.dtype(IDX_TYPES[data[2]])
    needed = start + int(np.prod(shape, dtype=object)) * kind.itemsize
    if len(data) != needed:
        raise BadSamples(f"{path}: its header speaks of {needed} bytes, it has "
                         f"{len(data)}")
    return np.frombuffer(data, kind, offset=start).reshape(shape)


def idx_files(folder, prefix=""):
    """{(half, kind): path} of the IDX files in a folder that begin so, half 0
    or 1 for training and test, kind "images" or "labels". Plain ones before
    those that are packed."""
    found = {}
    for path in sorted(folder.glob(prefix + "*idx*")):
        name = path.name.lower()
        kind = ("images" if "images" in name else
                "labels" if "labels" in name else None)
        half = (1 if any(word in name for word in TEST) else
                0 if "train" in name else None)
        if kind is None or half is None:
            continue
        other = found.setdefault((half, kind), path)
        if other != path and other.name not in (path.name.removesuffix(".gz"),):
            raise BadSamples(f"{folder}: {other.name} or {path.name}? Name them "
                             "by what they begin with: FOLDER/PREFIX")
    return found


def read_idx_files(found, transpose=False):
    """The halves of files that idx_files found."""
    halves = []
    for half in (0, 1):
        if (half, "images") not in found and half == 1:
            continue
        pair = [found.get((half, kind)) for kind in ("images", "labels")]
        if None in pair:
            raise BadSamples("images and labels are two IDX files each: "
                             "train-images..., train-labels...")
        images, labels = map(read_idx, pair)
        if transpose and images.ndim > 2:
            images = images.swapaxes(-1, -2)
        # QMNIST: the class, and then where a digit comes from
        halves.append((images, labels[:, 0] if labels.ndim == 2 else labels))
    return halves


def read_records(path, n_labels, use):
    """CIFAR's records: labels, of which `use` is taken, and 3 x 32 x 32 bytes.
    """
    data = np.frombuffer(content(path), np.uint8)
    size = n_labels + 3 * 32 * 32
    if len(data) == 0 or len(data) % size:
        raise BadSamples(f"{path}: does not consist of records of {size} bytes")
    data = data.reshape(-1, size)
    return data[:, n_labels:].reshape(-1, 3, 32, 32), data[:, use]


def read_cifar100(folder, labels="fine"):
    """Its training and test samples, by fine or coarse labels; their names."""
    use = ("coarse", "fine").index(labels)
    names = folder / f"{labels}_label_names.txt"
    return ([read_records(folder / f"{half}.bin", 2, use)
             for half in ("train", "test")],
            names.read_text().split() if names.is_file() else None)


def read_stl10(folder):
    """Images by columns, and labels from 1 on."""
    halves = []
    for half in ("train", "test"):
        images = np.frombuffer(content(folder / f"{half}_X.bin"), np.uint8)
        labels = np.frombuffer(content(folder / f"{half}_y.bin"), np.uint8)
        if len(labels) == 0 or len(images) != len(labels) * 3 * 96 * 96:
            raise BadSamples(f"{folder}: {half}_X.bin is not as many images of "
                             f"3 x 96 x 96 as {half}_y.bin has labels")
        halves.append((images.reshape(-1, 3, 96, 96).swapaxes(2, 3), labels))
    return halves
