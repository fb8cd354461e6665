# SPDX-License-Identifier: MIT
"""A row of PyTorch's modules as `network.layers`."""
from .weights import BadParameters

# Modules without keys, and what they are called.
PLAIN = {"ReLU": "relu", "Tanh": "tanh", "Sigmoid": "sigmoid", "SiLU": "silu",
         "Identity": "identity", "Flatten": "flatten"}


def layers_of(model):
    """What stands under `network:` for a torch.nn.Sequential, nested ones too:
    "layers: [linear: {out: 8, bias: true}, tanh, ..]". Raises BadParameters,
    naming every module that no operation here is."""
    entries, unknown = [], []
    for name, module in flat(model):
        entry = entry_of(module)
        if entry is None:
            unknown.append(f"{name}: {module}")
        else:
            entries.append(entry)
    if unknown:
        raise BadParameters("no operation for " + "; ".join(unknown))
    return f"layers: [{', '.join(entries)}]"


def flat(model, name=""):
    """(name, module) of those that are no rows themselves."""
    if type(model).__name__ != "Sequential":
        return [(name or "the model", model)]
    return [pair for child, module in model.named_children()
            for pair in flat(module, f"{name}.{child}".lstrip("."))]


def entry_of(module):
    """YAML of an operation; None: there is none such."""
    kind = type(module).__name__
    if kind in PLAIN:
        return PLAIN[kind]
    maker = MAKERS.get(kind)
    keys = None if maker is None else maker(module)
    if keys is None:
        return None
    name, keys = keys
    text = ", ".join(f"{key}: {str(value).lower()}"
                     for key, value in keys.items())
    return f"{name}: {{{text}}}" if keys else name


def one(value, n=2):
    """The number that a size is in each direction; None: they differ."""
    sizes = (value,) * n if isinstance(value, int) else tuple(value)
    return sizes[0] if len(set(sizes)) == 1 else None


def linear(m):
    return "linear", {"out": m.out_features, "bias": m.bias is not None}


def conv2d(m):
    keys = {"out": m.out_channels, "kernel": one(m.kernel_size),
            "stride": one(m.stride), "bias": m.bias is not None,
            "padding": None if isinstance(m.padding, str) else one(m.padding)}
    is_plain = (m.groups == 1 and one(m.dilation) == 1
                and m.padding_mode == "zeros")
    return ("conv2d", keys) if is_plain and None not in keys.values() else None


def pool2d(name):
    def make(m):
        kernel, stride = one(m.kernel_size), one(m.stride or m.kernel_size)
        is_plain = (kernel == stride is not None and one(m.padding) == 0
                    and not m.ceil_mode and one(getattr(m, "dilation", 1)) == 1)
        return (name, {"kernel": kernel}) if is_plain else None
    return make


def norm(name, **keys):
    def make(m):
        affine = getattr(m, "elementwise_affine", getattr(m, "affine", True))
        found = {key: getattr(m, of) for key, of in keys.items()}
        return name, {**found, "affine": affine, "eps": float(m.eps)}
    return make


def global_pool(m):
    return ("global_avg_pool2d", {}) if one(m.output_size) == 1 else None


def leaky_relu(m):
    return ("leaky_relu", {}) if m.negative_slope == 0.01 else None


def gelu(m):
    return ("gelu", {}) if getattr(m, "approximate", "none") == "none" else None


def elu(m):
    return ("elu", {}) if m.alpha == 1 else None


def softplus(m):
    return ("softplus", {}) if m.beta == 1 else None


MAKERS = {"Linear": linear, "Conv2d": conv2d, "AvgPool2d": pool2d("avg_pool2d"),
          "MaxPool2d": pool2d("max_pool2d"), "LayerNorm": norm("layer_norm"),
          "GroupNorm": norm("group_norm", groups="num_groups"),
          "AdaptiveAvgPool2d": global_pool, "LeakyReLU": leaky_relu,
          "GELU": gelu, "ELU": elu, "Softplus": softplus}
