# SPDX-License-Identifier: MIT
"""What functions are given: names that are known, and things of the kind that
the name of a parameter stands for. What is wrong is told in words."""
import collections.abc
import difflib
import functools
import inspect
import numbers
import os

import numpy as np
import xarray as xr

# More than that are not named in a message.
MOST_NAMES = 20


def known(kind, name, names):
    """The name, which has to be one of these; a ValueError tells the nearest."""
    if isinstance(name, collections.abc.Hashable) and name in names:
        return name
    texts = [str(each) for each in names]
    near = difflib.get_close_matches(str(name), texts, 1)
    there = ", ".join(texts[:MOST_NAMES]) + (
        ", ..." if len(texts) > MOST_NAMES else "")
    shown = (repr(name) if name is None or isinstance(name, str) or np.isscalar(name)
             else f"such as a {type(name).__name__}")
    raise ValueError(f"no {kind} {shown}; " + (
        f"did you mean {near[0]!r}?" if near and isinstance(name, str)
        else f"there are {there or 'none'}"))


def are_numbers(value):
    if isinstance(value, xr.DataArray):
        return value.dtype.kind in "biuf"
    try:
        np.asarray(value, float)
    except (TypeError, ValueError):
        return False
    return value is not None


def is_number(value):
    return are_numbers(value) and np.ndim(value) == 0


def is_waited(value):
    return ("steps" in value if isinstance(value, xr.Dataset) else
            isinstance(value, tuple) and len(value) == 2
            and all(are_numbers(each) for each in value))


# What is meant, and whether something is that.
DATASET = ("a dataset is meant, such as gold.open_results gives",
           lambda value: isinstance(value, xr.Dataset))
VARIABLE = ("one variable is meant, such as ds.loss",
            lambda value: isinstance(value, xr.DataArray))
NUMBER = ("a number is meant", is_number)
NUMBERS = ("numbers are meant", are_numbers)
COUNT = ("a whole number above 0 is meant", lambda value: is_number(value)
         and float(value).is_integer() and value > 0)
SHARE = ("a share between 0 and 1 is meant, such as 0.95",
         lambda value: is_number(value) and 0 < value < 1)
PLACES = ("values of axes are meant, such as {'depth': 2}",
          lambda value: isinstance(value, collections.abc.Mapping))
PATH = ("a path is meant", lambda value: isinstance(value, (str, os.PathLike)))
CONFIG = ("YAML text is meant, or the path of a file of it", PATH[1])
PATHS = ("a path is meant, or several", lambda value: PATH[1](value) or (
    isinstance(value, (list, tuple)) and all(map(PATH[1], value))))
WAITED = ("what gold.waiting gives is meant, or a pair (steps, reached)",
          is_waited)
WHOLES = ("a list of whole numbers is meant, such as [0, 1]",
          lambda value: isinstance(value, (list, tuple, range, np.ndarray))
          and all(isinstance(each, numbers.Integral) for each in value))
WEIGHED = ("a function of weights is meant", callable)
FIGURE = ("a figure is meant", lambda value: hasattr(value, "savefig"))
EACH = ("a list is meant, of numbers or words",
        lambda value: hasattr(value, "__len__") and not isinstance(value, str))
EFFECTS = ("lists of pairs by name are meant, such as {'loss': [gold.paired(a, b)]}",
           lambda value: isinstance(value, collections.abc.Mapping) and all(
               hasattr(each, "effect") for pairs in value.values()
               for each in pairs))

# Of parameters, whatever the function.
USUAL = {"ds": DATASET, "values": VARIABLE, "zones": DATASET, "level": SHARE,
         "at": PLACES}


def asked(function=None, **kinds):
    """A function for people: a keyword that it does not know, and what is not of
    the kind that is meant, is a ValueError. `kinds`: of parameters, beside
    USUAL. A default is always right."""
    if function is None:
        return functools.partial(asked, **kinds)
    parameters = inspect.signature(function).parameters
    takes_all = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
    kinds = {name: kind for name, kind in (USUAL | kinds).items()
             if name in parameters
             and parameters[name].kind is not inspect.Parameter.VAR_KEYWORD}

    @functools.wraps(function)
    def checked(*args, **options):
        for name in options:
            if not takes_all:
                known(f"argument of {function.__name__},", name, parameters)
        given = dict(zip(parameters, args)) | options
        for name in kinds.keys() & given.keys():
            meant, is_meant = kinds[name]
            value = given[name]
            if value is not parameters[name].default and not is_meant(value):
                raise ValueError(f"{name}: {meant}, not {type(value).__name__}"
                                 + (f" {value}" if np.isscalar(value) else ""))
            if isinstance(value, xr.Dataset) and value.sizes.get("seed") == 0:
                raise ValueError(f"{name}: no seeds are left: select some")
        return function(*args, **options)

    return checked
