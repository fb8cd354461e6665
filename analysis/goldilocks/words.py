# SPDX-License-Identifier: MIT
"""How settings, axes and variables are called on figures and pages."""
import pathlib
import re

import numpy as np

from .files import grid_axes, is_any_done, keys_of, setting

SETS = {"fashion-mnist": "Fashion-MNIST", "mnist": "MNIST",
        "circles": "Circles", "mixture": "Gaussian mixture",
        "cifar10": "CIFAR-10"}
CLASSES = {"fashion-mnist": 10, "mnist": 10, "cifar10": 10, "circles": 3}

OPTIMIZERS = {"gd": "gradient descent", "sgd": "SGD", "momentum": "momentum",
              "adam": "Adam"}
ACTIVATIONS = {"relu": "ReLU", "leaky_relu": "leaky ReLU"}
REFERENCES = {"xavier": "Xavier", "kaiming": "Kaiming", "lecun": "LeCun"}

# data.path, which no other key is called as.
IN_CONFIG = re.compile(r"^[^#\n]*?\bpath: *([^,}#\n]+)", re.M)
IN_OVERRIDES = re.compile(r"^data\.path=(.+)", re.M)

# Where a point lies, of those that files name.
PLACES = {"start": "at the start", "end": "where training ended"}

# Axis labels: what it is, its symbol, and its unit where it has one.
NAMES = {
    "trace_over_norm": r"$\mathrm{Tr}\,H_d\,/\,\Vert H_d\Vert_\mathrm{F}$",
    "g_trace_over_norm": r"$\mathrm{Tr}\,G_d\,/\,\Vert G_d\Vert_\mathrm{F}$",
    "h_trace_over_norm": "H-term's trace over norm",
    "positive_fraction": r"fraction of eigenvalues $> 0$",
    "loss": "initial loss (nat)",
    "logit_spread": r"logit spread $z$",
    "entropy": "entropy of the prediction (nat)",
    "gradient_norm": r"gradient norm $\Vert g\Vert$",
    "prior_mismatch": "prior mismatch",
    "zero_logits": "share of logits at 0",
    "final_loss": "training loss after training (nat)",
    "final_accuracy": "training accuracy after training",
    "final_test_accuracy": "test accuracy after training",
    "final_test_loss": "test loss after training (nat)",
    "final_zero_logits": "share of logits at 0 after training",
    "weight_change": r"distance moved$\,/\,r$",
    "trajectory_loss": "training loss (nat)",
    "trajectory_test_loss": "test loss (nat)",
    "trajectory_accuracy": "training accuracy",
    "trajectory_test_accuracy": "test accuracy",
    "trajectory_step": "steps",
    "depth": "hidden layers",
    "width": "units in a layer",
    "learning_rate": "learning rate",
    "constraint_dim": "dimensions trained in",
    "data_scale": "input scale",
    "scale": r"scale $\alpha$ of the initial weights",
    "radius": r"radius $r = \Vert\theta\Vert_2$",
    "temperature": r"softmax temperature $T$",
}


def label(ds, name):
    """The axis label of a variable or axis, with its unit: a squared error has
    none that is known."""
    if name == "relative_radius":
        reference = setting(ds, "network.reference")
        return r"relative radius $r\,/\,r_\mathrm{%s}$" % REFERENCES.get(
            reference, reference)
    if name in NAMES and not (name == "depth" and has_other_depth(ds)):
        is_error = "loss" in name and setting(ds, "network.loss") == "mse"
        return NAMES[name].removesuffix(" (nat)") if is_error else NAMES[name]
    units = ds[name].attrs.get("units", "1") if name in ds else "1"
    text = name.replace("_", " ")
    return text if units == "1" else f"{text} ({units})"


def has_other_depth(ds):
    """Is depth no number of hidden layers, but of convolutions, of residuals, or
    what a list of layers takes it for?"""
    return "kind" in ds.coords or setting(ds, "network.kind") != "mlp"


def value_words(ds, name, value):
    """A value of an axis or setting, for people."""
    if isinstance(value, bytes):
        value = value.decode()
    if name == "depth" and not has_other_depth(ds):
        return f"{value} hidden layer{'' if int(value) == 1 else 's'}"
    if name == "width":
        return f"{value} units"
    if name == "activation":
        return ACTIVATIONS.get(str(value), str(value))
    name = name.replace("_", " ")
    return f"{name} {value:g}" if isinstance(value, float) else (
        f"{name} {value}")


def axis_text(ds, name, i):
    """Value `i` of an axis, or of all its keys, for people."""
    return ", ".join(value_words(ds, key, ds[key].values[i])
                     for key in keys_of(ds, name))


def group_words(ds, labels):
    """What sets a group apart from the others, for people."""
    return ", ".join(value_words(ds, name, value)
                     for name, value in labels.items()
                     if np.unique(ds[name].values).size > 1)


def network_words(ds):
    """What all networks of the study have in common."""
    kind = setting(ds, "network.kind")
    words = [] if kind == "mlp" else [str(kind)]
    if kind == "layers":
        entries = setting(ds, "network.layers").split(", ")
        words = [" ".join(entry.split()[0] for entry in entries[:5])
                 + (" ..." if len(entries) > 5 else "")]
    loss = setting(ds, "network.loss")
    if loss not in (None, "cross-entropy"):
        words.append(str(loss))
    for name in ("activation", "depth", "width"):
        value = setting(ds, "network." + name)
        if name in ds.coords:
            values = ds[name].values.ravel()
            value = values[0] if len(values) == 1 else None
        is_said = kind == "mlp" or (kind != "layers" and name == "activation")
        if value is not None and is_said:
            words.append(value_words(ds, name, value))
    for name in ("widths", "channels", "head", "scale_parameters"):
        value = setting(ds, "network." + name)
        if value not in (None, "all"):
            words.append(f"{name.replace('_', ' ')} {value}")
    return words


def training_words(ds):
    """Optimizer and length, where all trainings have them in common."""
    if not is_any_done(ds, "train"):
        return []
    words = []
    optimizer = setting(ds, "train.optimizer")
    if "optimizer" not in grid_axes(ds) and optimizer is not None:
        words.append(OPTIMIZERS.get(optimizer, optimizer))
    phases = [f"train.phases.{i + 1}."
              for i in range(ds.sizes.get("phase", 1) - 1)]
    if {setting(ds, block + "optimizer") for block in phases} - {optimizer}:
        words[:1] = ["several optimizers"]
    lengths = [length_words(ds, block) for block in (*phases, "train.")]
    if all(lengths):  # "30 + 20 epochs", "30 steps + 20 epochs"
        text = " + ".join(lengths)
        unit = lengths[-1].split()[1]
        is_alike = all(each.endswith(unit) for each in lengths)
        words.append(text.replace(f" {unit} +", " +") if is_alike else text)
    return words


def length_words(ds, block):
    """How long a training, or a phase of it, is; "" where an axis says it."""
    for name in ("steps", "epochs"):
        value = setting(ds, block + name)
        if name not in grid_axes(ds) and value not in (None, "0"):
            return f"{value} {name}"
    return ""


def data_name(ds):
    """What the data set is called; one of a file without a name by the file's."""
    data = setting(ds, "data.name") or setting(ds, "data.set")
    return file_name(ds) or data if data == "file" else SETS.get(data, data)


def file_name(ds):
    """The file of samples that the config names, without folders and ending, or
    the --set that is instead of it; "" where neither does in plain words."""
    texts = [ds.attrs.get("config", ""), ds.attrs.get("config_overrides", "")]
    found = [each for text, pattern in zip(texts, (IN_CONFIG, IN_OVERRIDES))
             for each in pattern.findall(text)]
    return pathlib.PurePath(found[-1].strip("\"' ")).stem if found else ""


def data_words(ds):
    """Data set and number of samples."""
    samples = setting(ds, "data.train")
    if samples in ("0", "all", None):  # all there are
        samples = ds.attrs.get("n_train", "all")
    return f"{data_name(ds)}, {samples} samples"


def place_words(ds):
    """Where points of a dataset are that is one of later than the start, as
    `goldilocks.at_end` and `at_step` give it; "" of the start."""
    where = ds.attrs.get("measured_at", "")
    return PLACES.get(where, f"after {where.removeprefix('step ')} steps"
                      if where else "")


def points_words(ds):
    """Data set and number of samples, and where points lie later than the start."""
    return ", ".join(filter(None, [data_words(ds), place_words(ds)]))


def chance(ds):
    """The accuracy of a guess; None where nobody knows the classes."""
    data = setting(ds, "data.set")
    n_classes = (setting(ds, "data.classes") if data == "file"
                 else CLASSES.get(data))
    return 1 / int(n_classes) if n_classes else None


def p_words(p):
    """A p-value: "p = 0.034", "p < 0.0001"."""
    return "p < 0.0001" if p < 1e-4 else f"p = {significant(p)}"


def interval_words(value, lower, upper, digits=2):
    """A number of a few decimals with its interval, where it has one."""
    text = f"{value:.{digits}f}"
    return text if np.isnan(lower + upper) else (
        f"{text} [{lower:.{digits}f}, {upper:.{digits}f}]")


def seeds_words(n):
    """How many seeds are behind numbers, from the least to the most of those
    that have any: "5 seeds", "2 to 5 seeds"."""
    n = np.asarray(n)
    least, most = (int(end) for end in (n[n > 0].min(), n.max())) \
        if np.any(n > 0) else (0, 0)
    if least == most:
        return "one seed" if most == 1 else f"{most} seeds"
    return f"{least} to {most} seeds"


def significant(value, digits=2):
    """A number with so many digits, never as a power of ten."""
    return np.format_float_positional(value, precision=digits, trim="-",
                                      fractional=False)
