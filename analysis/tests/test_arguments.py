# SPDX-License-Identifier: MIT
"""Whatever a public function is given in place of what is meant, it says so in
words: each of its parameters in turn is a thing of another kind, and each that
names something is misspelt."""
import inspect
import re
import traceback

import matplotlib.figure
import numpy as np
import pytest
import xarray as xr

import goldilocks as gold
from goldilocks import plots

STUDY = """
study: asked
grid: {activation: [relu, tanh], seed: {count: 5}, relative_radius: [0.1, 1, 3, 10]}
data: {set: circles, train: 60, test: 20}
network: {width: 8, depth: 1}
curvature: {subspace: {dim: [3, 5]}}
train: {steps: 5, reach: [0.5], select: {group: 5, by: [loss]}}
"""
# Those that only start the program, or are of a class of their own.
LEFT = {"run", "point", "images", "layers_of", "styled"}
SEED = {"activation": 0, "relative_radius": 1}


@pytest.fixture(scope="module")
def ds(tmp_path_factory):
    folder = tmp_path_factory.mktemp("asked")
    try:
        gold.running.program()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    return gold.run(STUDY, folder / "asked.h5").load()


@pytest.fixture(scope="module")
def calls(ds, tmp_path_factory):
    """{function: a call of it that is right}."""
    one = ds.isel(activation=0)
    pairs = {"a": one.loss.isel(relative_radius=0),
             "b": one.loss.isel(relative_radius=1)}
    waited = [gold.waiting(one, 0.5).isel(relative_radius=i) for i in (0, 1)]
    at = {"activation": "relu"}
    path = tmp_path_factory.mktemp("files")
    figure = matplotlib.figure.Figure()
    zones = gold.zone(ds)
    shares = gold.variance_components(one, "loss")
    rows = {
        gold.at_end: {"ds": ds}, gold.at_step: {"ds": ds, "step": 3},
        gold.collapse: {"ds": ds},
        gold.compare_zones: {"a": one, "b": one},
        gold.correlate: {"ds": ds, "a": "loss", "b": "entropy"},
        gold.done: {"ds": ds, "name": "loss"}, gold.edge_prefactor: {"ds": one},
        gold.edge_ratio: {"ds": one, "rho": 0.1},
        gold.ended_by: {"ds": ds, "name": "diverged"}, gold.endings: {"ds": ds},
        gold.equivalent: {**pairs, "margin": 0.1}, gold.fdr: {"p": [0.1]},
        gold.fit_law: {"ds": one, "law": "left"}, gold.groups: {"ds": ds},
        gold.half_range: {"x": [1, 2, 3], "y": [1, 3, 1]},
        gold.holm: {"p": [0.1]},
        gold.jackknife: {"statistic": lambda w: w @ np.arange(5.0), "n": 5},
        gold.kaplan_meier: {"waited": waited[0]},
        gold.largest_dim: {"ds": ds}, gold.last_finite: {"ds": ds, "name": "loss"},
        gold.line_axis: {"ds": ds}, gold.log_rank: dict(zip("ab", waited)),
        gold.mean_over_seeds: {"values": ds.loss},
        gold.mean_ratio: {"c": 0.5, "d": 10},
        gold.median_steps: {"waited": waited[0]},
        gold.open_results: {"path": path / "none.h5"}, gold.paired: pairs,
        gold.parameters: {"ds": ds, "activation": "relu", "seed": 0,
                          "relative_radius": 1},
        gold.project: {"ds": ds, "d": 2}, gold.ratio: {"c": 0.5, "d": 10},
        gold.save_data: {"path": path / "d.h5", "X": np.ones((4, 2)),
                         "y": [0, 1, 0, 1], "overwrite": True},
        gold.save_parameters: {"path": path / "p.h5", "parameters": np.ones(3),
                               "overwrite": True},
        gold.seeds_needed: {"pilot": zones.isel(activation=0), "width": 0.9,
                            "of": "low"},
        gold.selected: {"ds": ds, "choice": "random"},
        gold.setting: {"ds": ds, "key": "study"},
        gold.slope: {"values": one.loss, "between": (0.1, 10)},
        gold.stages: {"ds": ds}, gold.steps_to: {"ds": ds, "loss": 0.5},
        gold.step_at: {"ds": ds, "loss": 0.5},
        gold.to_torch: {"path": path / "none.h5"},
        gold.trace_over_norm: {"R": 2.0, "d": 10},
        gold.trained: {"ds": ds, "name": "final_loss"},
        gold.variance_components: {"ds": one, "name": "loss"},
        gold.waiting: {"ds": ds, "loss": 0.5},
        gold.within_and_between: {"ds": ds, "a": "loss", "b": "entropy"},
        gold.zone: {"ds": ds},
        plots.boundary: {"path": path / "none.h5", "moment": "end",
                         "vectors": [0]},
        plots.bounds: {"ds": ds, "zones": zones, "axis": "activation"},
        plots.correlations: {"ds": ds, "a": "loss", "b": "entropy", "at": at},
        plots.effects: {"found": {"loss": [gold.paired(**pairs)]}, "x": [1]},
        plots.format_of: {"path": "a.png"},
        plots.heat_map: {"ds": ds, "y": "activation"},
        plots.mean_curve: {"values": one.loss},
        plots.mean_curves: {"values": ds.loss, "hue": "activation"},
        plots.plateaus: {"ds": ds, "at": at | {"relative_radius": 1}},
        plots.phase_diagram: {"ds": ds, "y": "activation"},
        plots.save: {"figure": figure, "path": path / "a.png", "overwrite": True},
        plots.seeds: {"zones": zones.isel(activation=0)},
        plots.shares: {"found": shares}, plots.collapse: {"ds": ds},
        plots.accuracy_against_curvature: {"ds": ds},
        plots.spectrum_with_outliers: {"ds": ds}, plots.zone_figure: {"ds": ds},
        plots.write: {"figure": figure, "path": path / "b.png", "kind": "png",
                      "dpi": 50}}
    rows |= {plot: {"ds": ds, "at": at} for plot in (
        plots.density, plots.extremes, plots.fates, plots.full_density,
        plots.full_trace, plots.ratios, plots.spectra, plots.training_curves)}
    return {function: options | ({"n_permutations": 19} if "n_permutations" in
                                 inspect.signature(function).parameters else {})
            for function, options in rows.items()}


def public():
    return [getattr(module, name) for module in (gold, plots)
            for name in module.__all__ if name not in LEFT
            and inspect.isfunction(getattr(module, name))]


def ask(function, options):
    """What is wrong with what a call raises; "" where nothing is."""
    try:
        function(**options)
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1].filename
        is_ours = "goldilocks" in last.split("analysis")[-1]
        if isinstance(error, (ValueError, gold.running.subprocess.SubprocessError,
                              RuntimeError, OSError)) and is_ours:
            return ""
        return f"{type(error).__name__}: {error} ({last})"
    return ""


def test_every_function_has_a_call(calls):
    assert set(public()) == set(calls)
    for function, right in calls.items():
        needed = {name for name, each in inspect.signature(
            function).parameters.items() if each.default is each.empty
            and each.kind is each.POSITIONAL_OR_KEYWORD}
        assert needed <= set(right), function.__name__
        assert ask(function, right) == "", function.__name__


@pytest.mark.parametrize("kind", ["None", "text", "number", "dataset", "zones",
                                  "variable", "list", "array"])
def test_what_is_of_another_kind(ds, calls, kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # "los" is a path as well
    wrong = {"None": None, "text": "los", "number": 3, "dataset": ds,
             "zones": gold.zone(ds), "variable": ds.loss, "list": [1, "a"],
             "array": np.ones((3, 2))}[kind]
    # Of any kind, or of one that no table of kinds knows.
    free = {"X", "y", "parameters", "between", "kind", "dpi", "overwrite", "n",
            "n_permutations", "activation", "seed", "relative_radius", "key"}
    said = {f"{function.__name__}({name})": ask(function, right | {name: wrong})
            for function, right in calls.items() for name in right
            if name not in free and not (name == "x" and kind != "None")}
    assert {name: words for name, words in said.items() if words} == {}


def test_what_is_misspelt(calls):
    """A keyword, and the name of something: the near one is told, or all."""
    names = ("dim", "method", "adjust", "diverged", "scale", "simultaneous", "of",
             "col", "hue", "band", "by", "name", "a", "b", "law", "choice", "axis",
             "curvature", "accuracy", "term", "moment")
    n = 0
    for function, right in calls.items():
        known = inspect.signature(function).parameters
        if not any(each.kind is each.VAR_KEYWORD for each in known.values()):
            near = next(iter(known))
            with pytest.raises(ValueError, match="no argument of .* did you mean"):
                function(**right, **{near + "_": 1})
        for name in set(names) & set(known):
            if isinstance(right.get(name), (xr.DataArray, xr.Dataset)):
                continue
            try:
                function(**right | {name: "losz"})
            except ValueError as error:
                n += 1
                assert re.search("did you mean|there are|there is none|has no",
                                 str(error)), (function.__name__, name, error)
            else:
                assert name == "dim" or function is gold.save_data, (
                    function.__name__, name)
    assert n > 40


def test_without_what_is_needed(calls):
    """Seeds of what; and an argument that is missing is named."""
    for function, right in calls.items():
        known = inspect.signature(function).parameters.values()
        needed = [each.name for each in known if each.default is each.empty
                  and each.kind is each.POSITIONAL_OR_KEYWORD]
        for name in needed:
            with pytest.raises(TypeError, match=f"missing 1 .*'{name}'"):
                function(**{key: value for key, value in right.items()
                            if key != name})
    zones = calls[gold.seeds_needed]["pilot"]
    with pytest.raises(ValueError, match="several intervals: say of=, one of low"):
        gold.seeds_needed(zones, width=0.1)
    with pytest.raises(ValueError, match="pilot: a zone is meant"):
        gold.seeds_needed([1, 2, 3], width=0.1, of="low")
    with pytest.raises(ValueError, match="say width=, or effect="):
        gold.seeds_needed(zones, of="low")
    with pytest.raises(ValueError, match="pilot: a zone is meant"):
        gold.seeds_needed(None, 0.1)


def test_a_study_is_text():
    """Or the path of a file: a dictionary was taken for the name of one."""
    for function in (gold.run, gold.point):
        for config in ({"study": "a"}, None, 3):
            with pytest.raises(ValueError, match="config: YAML text is meant, or "
                               "the path of a file of it, not "):
                function(config, "a.h5")


def test_points_are_no_zone(ds):
    """A dataset of points was told to have no bound, of none that there are."""
    with pytest.raises(ValueError, match=r"give what gold.zone\(ds\) has found"):
        plots.seeds(ds)


def test_no_seeds_are_left(calls):
    """Whatever is asked of them; and a map has two axes."""
    for function in (gold.zone, gold.collapse, gold.correlate, plots.collapse,
                     gold.within_and_between):
        right = calls[function]
        with pytest.raises(ValueError, match="no seeds are left"):
            function(**right | {"ds": right["ds"].isel(seed=slice(0, 0))})
    with pytest.raises(ValueError, match="relative_radius is x and y both"):
        plots.heat_map(calls[gold.zone]["ds"], "loss", y="relative_radius")
