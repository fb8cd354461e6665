# SPDX-License-Identifier: MIT
"""The page about a study: complete, by itself, and in a browser."""
import html.parser
import pathlib
import re
import runpy
import shutil
import subprocess
import sys

import h5py
import numpy as np
import pytest
import xarray as xr

import goldilocks as gold
from goldilocks import costs, page
from goldilocks.files import narrowed

ANALYSIS = pathlib.Path(__file__).resolve().parents[1]
VOID = {"meta", "link", "img", "br"}


class Reader(html.parser.HTMLParser):
    """Checks that tags are closed in order; collects texts and addresses."""

    def __init__(self):
        super().__init__()
        self.open, self.texts, self.addresses, self.tags = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs
                           if name in ("src", "href", "srcset", "action")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def read(text):
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert not reader.open
    return reader


def write_message(messages, place, text):
    """Characters are strings of length 1 that end with a 0, which h5py makes
    empty on the way; written as the type they are in the file."""
    whole = np.zeros(messages.shape, "S1")
    whole[place][:len(text)] = np.frombuffer(text, "S1")
    messages.id.write(h5py.h5s.ALL, h5py.h5s.ALL, whole,
                      mtype=messages.id.get_type())


@pytest.fixture(scope="module", name="failed")
def fixture_failed(small, tmp_path_factory):
    """A file with a failed point, whose message is not to be trusted."""
    path = tmp_path_factory.mktemp("failed") / "failed.h5"
    shutil.copy(small, path)
    with h5py.File(path, "r+") as file:
        file["status_measure"][1, 0, 2, 3] = 2
        write_message(file["message_measure"], (1, 0, 2, 3),
                      b"<script>alert(1)</script> no memory")
    return path


@pytest.fixture(scope="module", name="written")
def fixture_written(failed):
    """By the script, in this process: it would load all again."""
    path = failed.parent / "page.html"
    words = ["report.py", failed, "-o", path, "--at", "activation=relu,depth=2"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", list(map(str, words)))
        patch.syspath_prepend(ANALYSIS)
        with pytest.raises(SystemExit) as end:
            runpy.run_path(str(ANALYSIS / "report.py"), run_name="__main__")
    assert end.value.code == 0
    return path


def test_page(written):
    text = written.read_text(encoding="utf-8")
    reader = read(text)
    assert all(address.startswith("data:") for address in reader.addresses)
    assert not re.search(r"url\(|@import|https?://", text)
    assert "script" not in reader.tags
    shown = " ".join(reader.texts)
    assert "A <small> study & more" in shown
    assert "<script>alert(1)</script> no memory" in shown
    assert "width=12" in shown and "seed=2" in shown
    assert "189 of 190 points measured, 1 failed" in shown
    assert reader.tags.count("img") >= 4
    for name in ("Cost", "Provenance", "What was run", "Where the zone is"):
        assert name in reader.texts


@pytest.mark.parametrize("kind, words", [
    ("mlp", ["1 hidden layer"]), ("resnet", ["depth 1", "channels 4, 8"]),
    ("layers", ["depth 1", "channels 4, 8", "scale parameters weights"])])
def test_depth_is_that_of_the_network(kind, words):
    """Hidden layers only of mlp; and what is said of other networks."""
    ds = xr.Dataset(attrs={"study_identity": "\n".join(
        [f"network.kind = {kind}", "network.depth = 1"]
        + ["network.layers = relu, linear out 3"] * (kind == "layers")
        + ["network.channels = 4, 8"] * (kind != "mlp")
        + [f"network.scale_parameters = "
           f"{'weights' if kind == 'layers' else 'all'}"])})
    assert gold.words.value_words(ds, "depth", 1) == words[0]
    assert set(words[kind != "mlp":]) <= set(gold.words.network_words(ds))


def captions(text):
    return re.findall("<figcaption>(.*?)</figcaption>", text)


@pytest.fixture(name="undrawn")
def fixture_undrawn(monkeypatch):
    """No figures, for tests of what is under them."""
    monkeypatch.setattr(page, "picture", lambda caption, *args, **options:
                        f"<figcaption>{page.esc(caption)}</figcaption>")


@pytest.mark.usefixtures("undrawn")
def test_figures_of_each_network(opened):
    ds = opened.copy().load()
    each = [f"{layers}, {name}" for layers in ("1 hidden layer, 24 units",
                                               "2 hidden layers, 12 units")
            for name in ("ReLU", "tanh")]
    shown = captions(page.figures(ds))
    for what in ("Eigenvalues", "Density of eigenvalues", "Training loss"):
        assert [text.split(":")[0] for text in shown
                if text.startswith(what + " of ")
                ] == [f"{what} of {name}" for name in each]
    pending = ds.copy()
    pending["status_measure"] = ds.status_measure.where(
        ds.activation == "tanh", 0)
    assert "Eigenvalues of " + each[0] not in captions(page.figures(pending))


@pytest.mark.usefixtures("undrawn")
def test_figures_of_chosen_networks(opened, monkeypatch):
    """More networks than are drawn: the page says so, and how to choose."""
    ds = opened.copy().load()
    monkeypatch.setattr(page, "MOST_CURVES", 2)
    text = page.figures(ds)
    assert "2 of 4" in text and "--at KEY=VALUE" in text
    assert sum("Eigenvalues" in each for each in captions(text)) == 2
    text = page.report(ds, at="activation=tanh,depth=2")
    assert "<p>At activation=tanh,depth=2.</p>" in text
    assert "Curvature against relative radius" in captions(text)
    assert "Eigenvalues" in captions(text)
    assert "200 points measured" not in text.split("Figures")[1]


def test_narrowed(opened):
    ds = opened.copy()
    assert narrowed(ds, "width=12, seed=3").sizes["seed"] == 1
    assert narrowed(ds, "width=1.2e1").depth.values.tolist() == [2]
    assert narrowed(ds, "relative_radius=100").relative_radius.size == 1
    gains = ds.assign_coords(layer_gains=("activation", ["[1, 2]", "1"])
                             ).swap_dims(activation="layer_gains")
    assert narrowed(gains, "layer_gains=[1, 2],seed=0"
                    ).layer_gains.values.tolist() == ["[1, 2]"]
    with pytest.raises(ValueError, match="did you mean 'activation'"):
        narrowed(ds, "activatoin=relu")
    with pytest.raises(ValueError, match="did you mean 'relu'"):
        narrowed(ds, "activation=rleu")


def test_page_names_no_zone_in_noise(opened):
    """Where each mean of Tr/norm is 0 there is none, and a number says so."""
    ds = opened.copy().load()
    ds["trace_over_norm"] = (ds.trace_over_norm
                             - ds.trace_over_norm.mean("seed"))
    shown = " ".join(read(page.where_the_zone_is(ds, gold.zone(ds))).texts)
    assert shown.count("no zone above the noise, p = 1") == 4
    assert "[" not in shown


def test_page_of_a_study_just_begun(small, tmp_path):
    path = tmp_path / "early.h5"
    shutil.copy(small, path)
    with h5py.File(path, "r+") as file:
        file["status_measure"][...] = 0
        file["status_train"][...] = 0
        file["sessions/end"][0] = np.nan
    reader = read(page.report(gold.open_results(path)))
    shown = " ".join(reader.texts)
    assert "0 of 200 points measured" in shown
    assert "not in good order, or still running" in shown
    assert "img" not in reader.tags


def test_texts_in_characters(opened):
    """As they are in a file that something else wrote anew: an array of several
    had no one value, and the page ended there."""
    ds = opened.copy()
    letters = np.array([list("node7"), list("node8")])[:ds.sizes["session"]]
    ds["session_hosts"] = ("session", "letter"), letters
    assert "<td>node7</td>" in page.what_it_cost(ds)
    ds["status_train"] = ds.status_train.copy(data=ds.status_train.values)
    ds.status_train[0, 0, 0, 0] = 2
    ds["message_train"] = (*ds.status_train.dims, "character"), np.full(
        (*ds.status_train.shape, 3), list("bad"))
    assert costs.failures(ds, "train")[0][1] == "bad"


def test_seconds_of_a_line_count_once(opened):
    """Trainings are by point, measurements by line."""
    ds = opened.copy()
    of_lines = ds.seconds_measure.isel(relative_radius=0).sum()
    assert costs.seconds(ds, "measure") == pytest.approx(float(of_lines))
    assert costs.seconds(ds, "train") == pytest.approx(
        float(ds.seconds_train.sum()))


WIDTHS = [400, 1280]
FRAMES = "<!DOCTYPE html><body style=margin:0>" + "".join(
    f"<iframe width={width} height=2000 style=border:0 src=page.html></iframe>"
    for width in WIDTHS)
PROBE = """<script>console.log("probe", innerWidth,
document.documentElement.scrollWidth)</script>"""
CHROMIUM = [
    "chromium", "--headless", "--no-sandbox", "--disable-gpu",
    "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
    "--enable-logging=stderr", "--window-size=1280,2000", "--dump-dom"]


@pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium")
def test_in_a_browser(written, tmp_path):
    """No message on the console but the probes', and nothing wider than its
    window, which would have to be scrolled sideways."""
    text = written.read_text(encoding="utf-8")
    (tmp_path / "page.html").write_text(
        text.replace("</body>", PROBE + "</body>"), encoding="utf-8")
    (tmp_path / "frame.html").write_text(FRAMES)
    done = subprocess.run(
        [*CHROMIUM, f"--user-data-dir={tmp_path / 'profile'}",
         (tmp_path / "frame.html").as_uri()], timeout=1800, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True)
    messages = re.findall(r'CONSOLE.*?\] "(.*?)"', done.stderr)
    found = sorted(tuple(map(int, re.fullmatch(
        r"probe (\d+) (\d+)", message).groups())) for message in messages)
    assert [inner for inner, _ in found] == WIDTHS, messages
    assert all(needed <= inner for inner, needed in found), messages
