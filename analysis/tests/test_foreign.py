# SPDX-License-Identifier: MIT
"""Files that somebody sends: results and points that are not whole, lead
elsewhere or have no numbers, and texts that would steer a terminal."""
import os
import pathlib
import re
import runpy
import shutil
import signal
import subprocess
import sys

import h5py
import numpy as np
import pytest

import goldilocks as gold
from goldilocks import page, plain, plots

ANALYSIS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ANALYSIS))
import needed  # noqa: E402

HOSTILE = "a\x1b[31mb\x07\x7f\x9b2J\x85\r\t<b>"
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\udc80-\udcff]")


@pytest.fixture(name="sent")
def fixture_sent(small, tmp_path):
    """A result of one's own to spoil."""
    return shutil.copy(small, tmp_path / "sent.h5")


def in_place(file, name, item):
    del file[name]
    file[name] = item


def elsewhere(file, name, external=False):
    """The dataset's numbers are in another file."""
    stored = file[name]
    shape, dtype = stored.shape, stored.dtype
    del file[name]
    if external:
        file.create_dataset(name, shape, dtype, external=[("private", 0, 10**6)])
    else:
        layout = h5py.VirtualLayout(shape, dtype)
        layout[...] = h5py.VirtualSource("other.h5", "x", shape)
        file.create_virtual_dataset(name, layout)


def attributes(file, n):
    for i in range(n):
        file.attrs[f"a{i}"] = i


TRICKS = {
    "soft": (lambda f: in_place(f, "loss", h5py.SoftLink("/entropy")),
             "/loss is a link"),
    "nowhere": (lambda f: in_place(f, "seed", h5py.SoftLink("/no")),
                "/seed is a link"),
    "external": (lambda f: in_place(f, "sessions/start",
                                    h5py.ExternalLink("o.h5", "/x")),
                 "/sessions/start is a link"),
    "loop": (lambda f: f.__setitem__("sessions/more", f["/"]),
             "/sessions/more is in the file twice"),
    "storage": (lambda f: elsewhere(f, "loss", True), "/loss has its data in"),
    "virtual": (lambda f: elsewhere(f, "loss"), "/loss has its data in"),
    "attributes": (lambda f: attributes(f, 1001), "/ has 10.. attributes"),
    "type": (lambda f: f.__setitem__("t", np.dtype("f8")), "/t is no data"),
    "no axis": (lambda f: f.__delitem__("seed"), "damaged: "),
    "no state": (lambda f: (f.__delitem__("status_measure"),
                            f.__delitem__("status_train")),
                 "does not say which points are done"),
    "number": (lambda f: f.attrs.__setitem__("study", 7), "study is no text"),
    "other": (lambda f: f.attrs.__delitem__("study_identity"),
              "not a result file"),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_no_result(sent, trick):
    """Refused by name as it is opened."""
    change, words = TRICKS[trick]
    with h5py.File(sent, "r+") as file:
        change(file)
    with pytest.raises(gold.NotAResult, match=words) as error:
        gold.open_results(sent)
    assert str(error.value).startswith(f"{sent}: ")


def test_no_file(tmp_path):
    """Nothing waits for a pipe, nor reads a folder."""
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", ".", "absent"):
        with pytest.raises(gold.NotAResult):
            gold.open_results(tmp_path / name)


def test_no_numbers(sent):
    """All of a file is NaN: a page without figures, and figures that say so."""
    with h5py.File(sent, "r+") as file:
        file.visititems(lambda _, item: item.__setitem__(..., np.nan)
                        if isinstance(item, h5py.Dataset)
                        and item.dtype.kind == "f" and item.ndim != 1
                        else None)
        for name in ("start", "end"):
            file["sessions"][name][...] = np.nan
    ds = gold.open_results(sent)
    assert "<img" not in page.report(ds)
    one = ds.isel(activation=[0], depth_width=[0])
    for draw in (plots.zone_figure, plots.spectra, plots.density,
                 plots.training_curves, plots.accuracy_against_curvature,
                 lambda ds: plots.heat_map(ds, y="activation")):
        with pytest.raises(plots.NothingToDraw, match="is a number"):
            draw(one)


def test_harmless():
    assert needed.harmless(HOSTILE) == (
        r"a\x1b[31mb\x07\x7f\x9b2J\x85\x0d\x09<b>")
    name = b"\xc3\xa9\x9b\n".decode(errors="surrogateescape")
    assert needed.harmless(name) == "\u00e9\\x9b\n"


def script(name, *words, capsys):
    """A script in this process; its code, and what it says."""
    argv, sys.argv = sys.argv, [name, *map(str, words)]
    try:
        with pytest.raises(SystemExit) as end:
            runpy.run_path(str(ANALYSIS / name), run_name="__main__")
    finally:
        sys.argv = argv
    said = "".join(capsys.readouterr())
    if isinstance(end.value.code, str):  # as Python itself prints it
        return 1, said + end.value.code + "\n"
    return end.value.code or 0, said


@pytest.mark.parametrize("name", ["report.py", "plot_zone.py"])
def test_scripts_end_with_one_message(sent, name, capsys):
    with h5py.File(sent, "r+") as file:
        file[f"x{HOSTILE}"] = h5py.SoftLink("/no")
    for words in ([sent], [f"no{HOSTILE}.h5"], [sent, f"--{HOSTILE}"]):
        code, said = script(name, *words, capsys=capsys)
        assert code in (1, 2) and not CONTROL.search(said), said
        assert "Traceback" not in said and r"\x1b" in said


def header(path, name):
    """Bytes in the middle of a file that make no sense."""
    with h5py.File(path) as file:
        at = h5py.h5o.get_info(file[name].id).addr
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(bytes(range(64)))


def packed(path):
    """Numbers whose bytes do not unpack, which only who reads them sees."""
    with h5py.File(path, "r+") as file:
        for name in ("trace_over_norm", "positive_fraction", "accuracy",
                     "h_trace_over_norm", "h_positive_fraction"):
            if name not in file:
                continue
            shape = file[name].shape
            attributes = dict(file[name].attrs)
            scales = [dim[0] for dim in file[name].dims]
            del file[name]
            made = file.create_dataset(name, shape, "f8", chunks=shape,
                                       compression="gzip")
            made.id.write_direct_chunk((0,) * len(shape), b"no gzip")
            for dim, scale in zip(made.dims, scales):
                dim.attach_scale(scale)
            made.attrs.update({key: value for key, value in attributes.items()
                               if key.startswith("_Fill")})


DAMAGES = {
    "header": lambda path: header(path, "loss"),
    "root": lambda path: header(path, "/"),
    "group": lambda path: header(path, "sessions"),
    "cut": lambda path: os.truncate(path, os.path.getsize(path) // 2),
    "zeros": lambda path: path.write_bytes(
        path.read_bytes()[:48] + bytes(4096) + path.read_bytes()[4144:]),
    "packed": packed,
}


@pytest.mark.parametrize("damage, name", zip(
    DAMAGES, 3 * ["report.py", "plot_zone.py"]))
def test_damage(sent, name, damage, tmp_path, capsys):
    """One message with the file's name and a way out, in no library's words."""
    DAMAGES[damage](sent)
    code, said = script(name, sent, "-o", tmp_path / (
        "made.html" if name == "report.py" else "made.png"), capsys=capsys)
    assert code == 1 and said.startswith(f"{sent}: "), said
    assert said.endswith("copy the file again from where it is whole, or take "
                         "a backup\n") and said.count("\n") == 1, said
    assert not re.search("HDF5|Unable|Can't|checksum|Traceback|Error", said)
    assert not list(tmp_path.glob("made*"))


@pytest.mark.parametrize("signal_", [signal.SIGSEGV, signal.SIGXCPU])
def test_hdf5_crashes(sent, signal_, monkeypatch):
    """It does so, or finds no end, in a process of its own."""
    monkeypatch.setattr(plain, "look",
                        lambda path: os.kill(os.getpid(), signal_))
    with pytest.raises(gold.NotAResult) as error:
        gold.open_results(sent)
    assert str(error.value) == f"{sent}: {plain.DAMAGED}"


def test_unforeseen(tmp_path):
    """What nobody thought of is a message too."""
    for error in (KeyError("loss"), ZeroDivisionError(), OSError("no"),
                  gold.NotAResult("f: bad")):
        with pytest.raises(SystemExit) as end, needed.one_message("f"):
            raise error
        assert end.value.code.count("f: ") == 1, end.value.code


def test_page_of_hostile_texts(opened):
    ds = opened.copy()
    ds.attrs.update(title=HOSTILE, config=HOSTILE, command_line=HOSTILE)
    text = page.facts([(HOSTILE, ds.attrs["command_line"])]) + page.esc(
        b"\x9b".decode(errors="surrogateescape"))
    assert not CONTROL.search(text.replace("\t", ""))
    assert "<b>" not in text
    text.encode("utf-8")


# --------------------------------------------------------------------- points

@pytest.fixture(scope="module", name="point")
def fixture_point(small, tmp_path_factory):
    path = tmp_path_factory.mktemp("point") / "point.h5"
    subprocess.run(
        [gold.running.program(), "point", small.with_suffix(".yaml"), "--at",
         "depth=1,activation=relu,seed=0,relative_radius=0.1", "-o", path,
         "--set", "curvature.split=true"],
        check=True, stdout=subprocess.DEVNULL)
    return path


@pytest.mark.parametrize("damage", ["header", "cut"])
def test_damaged_points(point, tmp_path, damage, capsys):
    pytest.importorskip("torch")
    path = shutil.copy(point, tmp_path / "point.h5")
    if damage == "cut":
        DAMAGES["cut"](path)
    else:
        header(path, "curvature/trace")
    code, said = script("verify_with_torch.py", path, capsys=capsys)
    assert code == 1 and said.startswith(f"{path}: ") and (
        plain.WAY_OUT in said), said


@pytest.mark.parametrize("lost", ["curvature", "curvature/trace", "train",
                                  "point/loss", "subspace", "network", "data"])
def test_points_that_are_not_whole(point, tmp_path, lost, capsys):
    """A file that lost something is not one that agrees."""
    pytest.importorskip("torch")
    path = shutil.copy(point, tmp_path / "point.h5")
    with h5py.File(path, "r+") as file:
        del file[lost]
    code, said = script("verify_with_torch.py", path, capsys=capsys)
    assert code == 1, said
    assert "not whole" in said or lost == "network"


def test_what_is_compared_is_said(point, tmp_path, capsys):
    pytest.importorskip("torch")
    code, said = script("verify_with_torch.py", point, capsys=capsys)
    assert code == 0, said
    with h5py.File(point) as file:
        names = [name.strip("/") for name in file.attrs["arrays"].split()]
    given = ("data/", "parameters/", "subspace/", "train/initial", "train/step",
             "moments/step")
    silent = [name for name in names if name not in said
              and not name.startswith(given)]
    assert not silent
    path = shutil.copy(point, tmp_path / "point.h5")
    with h5py.File(path, "r+") as file:
        del file.attrs["arrays"]
    code, said = script("verify_with_torch.py", path, tmp_path / "no.h5", point,
                        capsys=capsys)
    assert code == 1 and said.count("not a point file") == 1
    assert "no.h5: " in said and "compared" in said  # the others are looked at
