# SPDX-License-Identifier: MIT
"""Running the program from a notebook."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile

from .arguments import CONFIG, asked
from .files import open_results

# What the program says of its options, as arguments of `run` and `point`.
AS_ARGUMENTS = {"--overwrite": "overwrite=True", "--extend": "extend=True",
                " (-o)": ""}

TOP = pathlib.Path(__file__).resolve().parents[2]


def program():
    """The goldilocks executable: $GOLDILOCKS, that of the checkout or of the
    installation that this file is in, or in PATH."""
    named = os.environ.get("GOLDILOCKS")
    if named:
        return named
    for place in (TOP / "build/goldilocks", TOP / "../../bin/goldilocks",
                  "goldilocks"):
        found = shutil.which(place)
        if found is not None:
            return os.path.abspath(found)
    raise FileNotFoundError(
        "no goldilocks: build it (sh jobs/quickstart.sh), or set the "
        "environment variable GOLDILOCKS to the executable")


def images():
    """Settings of `run` for images of digits: MNIST where its files are, in
    $GOLDILOCKS_MNIST or /usr/share/datasets/mnist, else Fashion-MNIST."""
    for path in (os.environ.get("GOLDILOCKS_MNIST", ""),
                 "/usr/share/datasets/mnist"):
        if path and pathlib.Path(path).is_dir():
            return {"data__set": "mnist", "data__path": path}
    path = os.environ.get("GOLDILOCKS_FASHION_MNIST",
                          "/usr/share/datasets/fashion-mnist")
    return {"data__set": "fashion-mnist", "data__path": path}


@contextlib.contextmanager
def study_file(config):
    """The file of a study, which is one or the text of one."""
    if "\n" not in str(config):
        yield str(config)
        return
    with tempfile.TemporaryDirectory() as folder:
        study = pathlib.Path(folder, "study.yaml")
        study.write_text(config, encoding="utf-8")
        yield str(study)


@asked(config=CONFIG)
def run(config, output, processes=1, overwrite=False, extend=False, **settings):
    """Run a study and open its results; what is done is not done again.
    `overwrite`: begin anew, in the place of a result that is there; `extend`:
    enlarge one that has fewer values on some axes.

    `config` is a YAML file, or the text of one. `settings` replace those of the
    file, as --set does: a dot in a name is written as two underscores,
    `data__scale=7.3`. With several processes it runs under mpirun. Raises
    RuntimeError with what the program said when it fails.
    """
    with study_file(config) as study:
        words = [program(), "run", study, "-o", str(output), "--quiet",
                 *["--overwrite"] * overwrite, *["--extend"] * extend,
                 *overrides(settings)]
        if processes > 1:
            words = ["mpirun", "-n", str(processes + 1), *words]
        start(words)
    return open_results(output)


@asked(config=CONFIG)
def point(config, output, at=None, overwrite=False, **settings):
    """Write everything about one point of a study, for `plots.boundary` and for
    other programs; `config` and `settings` are those of `run`, and `at` names
    values of axes, {axis: value}. Returns `output`; `overwrite`: in the place of a
    point file that is there."""
    with study_file(config) as study:
        words = [program(), "point", study, "-o", str(output),
                 *["--overwrite"] * overwrite, *overrides(settings)]
        if at:
            words += ["--at", ",".join(f"{axis}={value}"
                                       for axis, value in at.items())]
        start(words)
    return output


def overrides(settings):
    return [word for key, value in settings.items()
            for word in ("--set", f"{key.replace('__', '.')}={value}")]


def start(words):
    """Run the program; RuntimeError with what it said when it fails."""
    environment = {"OPENBLAS_NUM_THREADS": "1",
                   "OMPI_MCA_rmaps_base_oversubscribe": "1",
                   "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
                   "OMPI_ALLOW_RUN_AS_ROOT": "1",
                   "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", **os.environ}
    ended = subprocess.run(words, env=environment, text=True, check=False,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if ended.returncode != 0:
        said = ended.stdout
        for option, argument in AS_ARGUMENTS.items():
            said = said.replace(option, argument)
        raise RuntimeError(f"{' '.join(words)} ended with "
                           f"{ended.returncode}:\n{said}")
