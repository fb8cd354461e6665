# SPDX-License-Identifier: MIT
"""Parameters of one's own as the file that `network: {init: {file: PATH}}`
reads, and networks of point files as modules of PyTorch.

    gold.save_parameters("weights.h5", model)
    gold.to_torch("point.h5")(inputs)
"""
import json
import os
import subprocess
import tempfile

import h5py
import numpy as np

from . import outputs
from .arguments import PATH, asked, known
from .running import program
from .samples import HDF5, array_of, check_kind

NAME_BYTES = 64
MOST_SIZES = 4
KINDS = ("weight", "bias")  # of a module, in PyTorch's order


class BadParameters(ValueError):
    """What no network can begin from; the message says why."""


@asked(path=PATH)
def save_parameters(path, parameters, *, points=None, overwrite=False):
    """Write parameters to an HDF5 file.

    `parameters` are a module of PyTorch or its state_dict, or the name of a
    .safetensors file of a torch.nn.Sequential, or a list of such, which are the
    points 0, 1, ... (`network.point`), called `points`; or one vector, or
    several, [points, parameters], in the order of PyTorch's
    parameters_to_vector. Names and shapes of tensors go with them, so that the
    program can say which do not fit a network.
    """
    tensors = None
    is_one = isinstance(parameters, (str, os.PathLike))
    if is_one or (isinstance(parameters, (list, tuple)) and
                  not all(np.isscalar(one) for one in parameters)):
        each = [tensors_of(one) for one in
                ([parameters] if is_one else parameters)]
        if not each or any(shapes(one) != shapes(each[0]) for one in each):
            raise BadParameters("points have tensors of the same shapes")
        tensors = each[0]
        theta = np.stack([vector_of(one) for one in each])
    elif hasattr(parameters, "state_dict") or hasattr(parameters, "items"):
        tensors = tensors_of(parameters)
        theta = vector_of(tensors)
    else:
        theta = array_of(parameters).astype(float)
    if theta.ndim not in (1, 2) or theta.size == 0:
        raise BadParameters(f"vectors have the shape {theta.shape}; "
                            "[parameters] or [points, parameters] is needed")
    if not np.isfinite(theta).all():
        raise BadParameters("a parameter is not finite")
    n_points = len(theta) if theta.ndim == 2 else 1
    if points is not None and len(points) != n_points:
        raise BadParameters(f"{len(points)} names, but {n_points} vectors")
    check_kind(path, overwrite, "parameters/theta")
    with outputs.making(path, HDF5, (), overwrite) as made:
        with h5py.File(made, "w") as file:
            file["parameters/theta"] = theta
            if tensors is not None:
                file["parameters/shapes"] = [
                    (*one.shape, *[0] * (MOST_SIZES - one.ndim))
                    for one in tensors.values()]
                file["parameters/names"] = texts(tensors)
            if points is not None:
                file["parameters/points"] = texts(points)


def texts(names):
    return np.array([str(name).encode()[:NAME_BYTES - 1] for name in names],
                    f"S{NAME_BYTES}")


def read_safetensors(path):
    """{name: array} of a file whose tensors stand in any order: that of a
    Sequential's parameters is known from their names."""
    with open(path, "rb") as file:
        data = file.read()
    try:
        start = 8 + int.from_bytes(data[:8], "little")
        header = json.loads(data[8:start])
        header.pop("__metadata__", None)
        found = {name: tensor(data[start:], **about)
                 for name, about in header.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadParameters(f"{path}: is no .safetensors file, or has other "
                            "numbers than reals") from error
    order = {}
    for name in found:
        *layers, kind = name.split(".")
        if kind not in KINDS or not layers or not all(
                layer.isdecimal() for layer in layers):
            raise BadParameters(
                f"{path}: {name} tells no order of parameters: load the file into "
                "its model (safetensors.torch.load_model), and give that")
        order[name] = ([int(layer) for layer in layers], KINDS.index(kind))
    return {name: found[name] for name in sorted(found, key=order.get)}


def tensor(data, dtype, shape, data_offsets):
    """An array of a .safetensors file, in float64."""
    part = data[slice(*data_offsets)]
    if dtype == "BF16":
        part = np.frombuffer(part, "<u2").astype("<u4") << 16
        return part.view("<f4").reshape(shape).astype(float)
    kind = {"F16": "<f2", "F32": "<f4", "F64": "<f8"}[dtype]
    return np.frombuffer(part, kind).reshape(shape).astype(float)


def tensors_of(parameters):
    """{name: array} of a module, of its state_dict, or of a file."""
    if isinstance(parameters, (str, os.PathLike)):
        parameters = read_safetensors(parameters)
    if hasattr(parameters, "named_parameters"):
        buffers = dict(parameters.named_buffers())
        parameters = dict(parameters.named_parameters())
        if any(name.endswith("running_mean") for name in buffers):
            raise BadParameters("a batch norm's statistics are no parameters, "
                                "and no network here has any")
    found = {name: array_of(one).astype(float)
             for name, one in parameters.items()}
    for name, one in found.items():
        if name.endswith(("running_mean", "num_batches_tracked")):
            raise BadParameters(f"{name}: a batch norm's statistics are no "
                                "parameters, and no network here has any")
        if not 1 <= one.ndim <= MOST_SIZES:
            raise BadParameters(f"{name}: has {one.ndim} dimensions")
    if not found:
        raise BadParameters("there are no parameters")
    return found


def shapes(tensors):
    return [one.shape for one in tensors.values()]


def vector_of(tensors):
    return np.concatenate([one.ravel() for one in tensors.values()])


@asked(path=PATH)
def to_torch(path, theta="parameters/theta"):
    """A module of PyTorch that computes the logits of a point file's network,
    over their temperature, in float64; with theta="train/final_theta" those
    after its training, "train/best_theta" where that was best. Samples are as the file has them, normalised."""
    import torch
    from . import pytorch
    with pytorch.plain.opened(path, pytorch.NotAPoint) as file:
        layers = pytorch.json.loads(file["network"].attrs["layers"])
        temperature = float(file["network"].attrs["temperature"])
        values = file[theta][()].astype(float)
    network = pytorch.Network(layers)

    class Module(torch.nn.Module):
        """The network as a function of samples; `theta` is its parameter."""

        def __init__(self):
            super().__init__()
            self.theta = torch.nn.Parameter(torch.from_numpy(values))

        def forward(self, x):
            return network(self.theta, x.to(self.theta.dtype)) / temperature

    return Module()


@asked
def parameters(ds, final=False, best=False, **at):
    """The parameters of a point of a result, as one vector in PyTorch's order:
    where it began, with `final` where its training ended, or with `best` where
    that was best (`goldilocks keys train.keep`). `at` names the point, depth=2,
    seed=1. They are computed again, bit for bit, by `goldilocks point`, from
    what the result says it ran."""
    moment = "best" if best else "final" if final else "initial"
    kept = f"{moment}_parameters"
    if kept in ds and set(at) <= set(ds[kept].dims):
        found = ds[kept].sel(**at).values.ravel()
        n = ds.parameters.sel(**at).values.ravel()
        if n.size == 1 and not np.isnan(found).all():
            return found[:int(n[0])]
    where = ",".join(f"{axis}={value}" for axis, value in at.items())
    with tempfile.TemporaryDirectory() as folder:
        study, point = (os.path.join(folder, name)
                        for name in ("study.yaml", "point.h5"))
        with open(study, "w", encoding="utf-8") as file:
            file.write(ds.attrs[known("attribute", "config", ds.attrs)])
        words = [program(), "point", study, "-o", point]
        words += ["--at", where] if where else []
        for line in ds.attrs.get("config_overrides", "").splitlines():
            words += ["--set", line]
        ended = subprocess.run(words, text=True, check=False,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if ended.returncode != 0:
            raise RuntimeError(f"{' '.join(words)} ended with "
                               f"{ended.returncode}:\n{ended.stdout}")
        name = (f"train/{moment}_theta" if final or best
                else "parameters/theta")
        with h5py.File(point, "r") as file:
            if name not in file:
                raise BadParameters(f"the study trains nothing: no {moment} "
                                    "parameters")
            return file[name][()]
