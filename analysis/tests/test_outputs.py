# SPDX-License-Identifier: MIT
"""Files that the package makes: whole or not at all, and what they replace.
That the rule is the program's is for tests/e2e/test_outputs.py to see."""
import os

import numpy as np
import pytest

import goldilocks as gold
from conftest import STUDY
from goldilocks import __main__, outputs, plots


@pytest.mark.parametrize("content, kind", [
    (b"\x89PNG\r\n\x1a\n and more", outputs.PICTURE),
    (b"%PDF-1.4\n", outputs.PICTURE),
    (b'<?xml version="1.0"?>\n<!DOCTYPE svg>\n<svg width="1">',
     outputs.PICTURE),
    (b"\n <!doctype HTML><html>", outputs.PAGE), (b"<HTML>", outputs.PAGE),
    (b"", "empty"), (b"study: x\n", "plain text"), (b"#!/bin/sh", "a script"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"), (b"\0\1", "of an unknown kind"),
    (b"see <html>", "plain text")])
def test_kinds(tmp_path, content, kind):
    path = tmp_path / "file"
    path.write_bytes(content)
    assert outputs.kind_of(path) == kind


@pytest.mark.parametrize("ending", ["png", "pdf", "svg", "eps", "jpg"])
def test_pictures_are_known(tmp_path, ending):
    """What was saved may be replaced by another of the kind."""
    path = tmp_path / f"figure.{ending}"
    figure = plots.style.canvas()[0]
    plots.save(figure, path)
    with pytest.raises(outputs.Refused, match="exists"):
        plots.save(figure, path)
    plots.save(figure, path, overwrite=True)
    assert os.listdir(tmp_path) == [path.name]


def test_no_such_format(tmp_path):
    with pytest.raises(outputs.Refused, match=r"no picture ends in \.h5"):
        plots.save(plots.style.canvas()[0], tmp_path / "new" / "figure.h5")
    assert not os.listdir(tmp_path)


def test_failure(tmp_path):
    """What was there stays; nothing else does."""
    path = tmp_path / "new" / "deep" / "page.html"
    for _ in range(2):
        with pytest.raises(KeyError):
            with outputs.making(path, outputs.PAGE, overwrite=True) as name:
                with open(name, "w", encoding="utf-8") as file:
                    file.write("half a page")
                raise KeyError
        if path.exists():
            assert path.read_text() == "<html>"
            assert os.listdir(path.parent) == [path.name]
        else:
            assert not os.listdir(tmp_path)
            path.parent.mkdir(parents=True)
            path.write_text("<html>")


@pytest.mark.parametrize("before", [None, "<html>before</html>"])
def test_meanwhile(tmp_path, before):
    """What another program puts there while the page is made stays."""
    path = tmp_path / "page.html"
    if before is not None:
        path.write_text(before)
    with pytest.raises(outputs.Refused, match="meanwhile"):
        with outputs.making(path, outputs.PAGE, overwrite=True):
            other = tmp_path / "other"
            other.write_text("<html>other</html>")
            other.rename(path)
    assert path.read_text() == "<html>other</html>"
    assert os.listdir(tmp_path) == [path.name]


def test_temporary_name_is_taken(tmp_path):
    path = tmp_path / "page.html"
    taken = tmp_path / f"page.html.tmp-{os.getpid()}"
    taken.write_text("notes")
    with outputs.making(path, outputs.PAGE) as name:
        assert name == f"{taken}-1"
        with open(name, "w", encoding="utf-8") as file:
            file.write("<html>")
    assert taken.read_text() == "notes" and path.read_text() == "<html>"


def test_study_as_text(small, tmp_path):
    """It needs no file that could replace another one."""
    ds = gold.run(STUDY, tmp_path / "x.h5", data__train=20,
                  grid__seed="[0]")
    assert ds.sizes["seed"] == 1 and small.exists()
    assert os.listdir(tmp_path) == ["x.h5"]


def test_words_are_those_of_where_they_are_said(tmp_path):
    """Arguments to who calls, options to who types."""
    samples = (tmp_path / "own.h5", np.ones((4, 2)), [0, 1, 0, 1])
    gold.save_data(*samples)
    with pytest.raises(outputs.Refused, match=r"replace it \(overwrite=True\)$"):
        gold.save_data(*samples)
    np.savetxt(tmp_path / "own.csv", np.ones((4, 3)), delimiter=",",
               header="a,b,label", comments="")
    with pytest.raises(SystemExit, match=r"replace it \(--overwrite\)$"):
        __main__.main(["convert", str(tmp_path / "own.csv"), "--label", "label",
                       "-o", str(tmp_path / "own.h5")])


def test_run_begins_anew_and_extends(tmp_path, small):
    assert small.exists()  # so that there is a program
    study = ("study: again\ngrid: {seed: [0, 1]}\ndata: {set: circles}\n"
             "network: {width: 4}\ncurvature: {subspace: {dim: 3}}\n")
    path = tmp_path / "again.h5"
    gold.run(study, path).close()
    more = {"grid__seed": "[0, 1, 2]"}
    with pytest.raises(RuntimeError) as error:
        gold.run(study, path, **more)
    said = str(error.value).partition(":\n")[2]
    assert "or replace this one (overwrite=True). If there are only more" in said
    assert "extend=True keeps what" in said and "(-o)" not in said
    with gold.run(study, path, extend=True, **more) as ds:
        assert ds.sizes["seed"] == 3
    with gold.run(study, path, overwrite=True) as ds:
        assert ds.sizes["seed"] == 2
