# SPDX-License-Identifier: MIT
"""One page of HTML about a study, with nothing outside of it."""
import base64
import io

import matplotlib.pyplot as plt
import numpy as np

from . import plots
from .costs import failures, seconds, text_of, works
from .files import (count_states, grid_axes, groups, is_any_done, keys_of,
                    largest_dim, line_axis, merits, narrowed, setting)
from .outcomes import endings, trained
from .tables import esc, table
from .words import (data_name, group_words, network_words, p_words,
                    seeds_words, significant, training_words)
from .zones import no_zone_words, zone

STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; margin: 0 auto;
       max-width: 72rem; padding: 1rem; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: .5rem 0; }
h2 { font-size: 1.15rem; border-bottom: 1px solid #bbb; margin: 2rem 0 .7rem; }
.lead { color: #444; margin: 0 0 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .2rem .9rem .2rem 0; vertical-align: top;
         border-bottom: 1px solid #e4e4e4; }
th { font-weight: 600; }
.facts td { overflow-wrap: anywhere; }
.wide td:first-child { white-space: nowrap; }
.figures { columns: 20rem; column-gap: 1.5rem; }
figure { margin: 0 0 1.2rem; break-inside: avoid; }
figure.all { column-span: all; }
figure.all img { max-width: 52rem; }
img { width: 100%; max-width: 30rem; height: auto; }
figcaption { font-size: .85rem; color: #444; }
pre { background: #f4f4f4; padding: .7rem; overflow-x: auto; font-size: .8rem;
      line-height: 1.35; }
.warning { background: #fff3d6; border-left: 4px solid #b36b00;
           padding: .5rem .8rem; }
@media print { .wide, pre { overflow: visible; }
               pre, .wide td { white-space: pre-wrap; } }
"""
PROVENANCE = ("config_sha256", "config_overrides", "data_sha256", "created",
              "command_line", "program_version", "git_commit", "compiler",
              "libraries", "blas_core", "mpi_io", "schema_version")
# More networks than that are not drawn as curves of one figure, nor have
# figures of their own.
MOST_CURVES = 8


def report(ds, path="", at=""):
    """The page, as text: what was run, where the zone is, figures, failures,
    cost and provenance of a study. Loads nothing when it is looked at. `at`:
    whose figures are shown, "activation=relu,depth=2"; all where it is empty."""
    title = ds.attrs.get("title") or ds.attrs["study"]
    zones = zone(ds) if has_zone(ds) else None
    parts = [
        f"<h1>{esc(title)}</h1>",
        f'<p class="lead">Study {esc(ds.attrs["study"])}'
        + (f", {esc(path)}" if path else "") + f". {esc(progress(ds))}</p>",
        section("What was run", facts(what_was_run(ds))),
        section("Where the zone is", where_the_zone_is(ds, zones)),
        section("How training ended", how_training_ended(ds)),
        section("Figures", figures(narrowed(ds, at), at) if at
                else figures(ds, zones=zones)),
        section("Failures", what_failed(ds)),
        section("Cost", what_it_cost(ds)),
        section("Provenance", facts([
            (name.replace("_", " "), ds.attrs[name]) for name in PROVENANCE
            if str(ds.attrs.get(name, ""))])),
        section("The study as it was given",
                f"<pre>{esc(ds.attrs.get('config', ''))}</pre>")]
    return (f'<!DOCTYPE html>\n<html lang="en">\n<head>\n'
            f'<meta charset="utf-8">\n<title>{esc(title)}</title>\n'
            '<meta name="viewport" content="width=device-width, '
            'initial-scale=1">\n<link rel="icon" href="data:,">\n'
            f"<style>{STYLE}</style>\n</head>\n<body>\n"
            + "\n".join(part for part in parts if part)
            + "\n</body>\n</html>\n")


# ----------------------------------------------------------------------- HTML

def section(title, body):
    return f"<h2>{esc(title)}</h2>\n{body}" if body else ""


def facts(rows):
    """Rows of names and texts."""
    cells = "\n".join(f"<tr><th>{esc(name)}</th><td>{esc(text)}</td></tr>"
                      for name, text in rows)
    return f'<table class="facts">\n{cells}\n</table>'


def picture(caption, draw, *args, is_wide=False, **options):
    """What a function draws as an image within the page, across all columns where
    it is wide; nothing where it has no numbers to draw."""
    try:
        figure = draw(*args, **options)
    except plots.NothingToDraw:
        return ""
    file = io.BytesIO()
    with plt.rc_context(plots.STYLE):
        figure.savefig(file, dpi=200, format="png", bbox_inches="tight")
    data = base64.b64encode(file.getvalue()).decode()
    return (f'<figure{" class=all" if is_wide else ""}><img alt="{esc(caption)}" '
            f'src="data:image/png;base64,{data}">'
            f"<figcaption>{esc(caption)}</figcaption></figure>")


# ------------------------------------------------------------------ the parts

def progress(ds):
    """How much of the study is done."""
    words = {"measure": "measured", "train": "trained"}
    texts = []
    for work in works(ds):
        counts = count_states(ds, work)
        n = sum(counts.values()) - counts["excluded"]
        text = f"{counts['done']:,} of {n:,} points {words[work]}"
        if counts["failed"]:
            text += f", {counts['failed']:,} failed"
        texts.append(text)
    return "; ".join(texts) + "."


def what_was_run(ds):
    gains = setting(ds, "network.layer_gains")
    samples = ds.attrs.get("data_samples") or (
        f"train {setting(ds, 'data.train')}, test {setting(ds, 'data.test')}")
    rows = [("data", ", ".join(
                [data_name(ds), samples,
                 f"normalize {setting(ds, 'data.normalize')}",
                 f"scale {setting(ds, 'data.scale')}"]
                + shared(ds, "data", labels__permute="labels permuted, seed",
                         labels__share="share"))),
            ("network", ", ".join(network_words(ds)
             + [f"init {setting(ds, 'network.init')}"]
             + ([f"layer gains {gains}"] if gains else [])
             + [f"bias {setting(ds, 'network.bias')}"]))]
    if "subspace_dim" in ds:
        rows.append(("curvature", "subspaces of d = " + ", ".join(
            map(str, ds.subspace_dim.values)) + ", "
            f"{setting(ds, 'curvature.subspace.directions')} directions"))
    if training_words(ds):
        rows.append(("training", ", ".join(training_words(ds) + shared(
            ds, "train", learning_rate="learning rate", batch="batch"))))
    rows.append(("precision", setting(ds, "run.precision")))
    for name in grid_axes(ds):
        rows.append((name, axis_words(ds, name)))
    return rows


def shared(ds, block, **names):
    """Settings that all points have in common, as words."""
    found = {text: setting(ds, f"{block}.{name.replace('__', '.')}")
             for name, text in names.items()}
    return [f"{text} {'full' if (text, value) == ('batch', '0') else value}"
            for text, value in found.items() if value is not None]


def axis_words(ds, name):
    """The values of an axis, or where it begins and ends."""
    keys, texts = keys_of(ds, name), []
    for key in keys:
        values = [significant(v, 4) if isinstance(v, float) else str(v)
                  for v in ds[key].values.tolist()]
        if len(values) > 8:
            values = [values[0], values[1], "\u2026", values[-1]]
        texts.append((f"{key}: " if len(keys) > 1 else "")
                     + ", ".join(values))
    return f"{'; '.join(texts)} ({ds.sizes[name]})"


def has_zone(ds):
    """Is there curvature along a line, of a point at least?"""
    try:
        line_axis(ds)
    except ValueError:
        return False
    return "trace_over_norm" in ds and is_any_done(ds, "measure")


def where_the_zone_is(ds, found):
    if found is None:
        return ""
    line = line_axis(ds)
    rows = []
    for at, labels in groups(ds, over=("seed", line)):
        row = found.isel(at)
        name = group_words(ds, labels) or "all"
        if row.noise:
            rows.append([name, no_zone(row), "", "", "", "", ""])
            continue
        rows.append([name, bound(row, "low", "or below"),
                     bound(row, "high", "or above"),
                     bound(row, "peak"), interval(row, "height"),
                     interval(row, "spread"), p_words(row.p_value.item())])
    text = (f"Around the peak of the mean over seeds of Tr/norm (d = "
            f"{largest_dim(ds)}), as far as it is at least half of the peak. A "
            "zone is named where the rise above 0 cannot be chance among all "
            "places looked at (p up to 0.05). In brackets 95 % intervals over "
            "seeds, with what lies between places.")
    return f"<p>{esc(text)}</p>" + table(
        ["network", f"{line} from", "to", "peak at", "height",
         "logit spread z at the peak", "by chance"], rows)


def no_zone(row):
    """That there is none, and by what."""
    if row.n_looks == 0:
        return "fewer than three places are done"
    return no_zone_words(row)


def bound(row, name, beyond=""):
    """A bound or peak, with an interval that may go on where the grid ends."""
    below = " or below" if row[f"{name}_lower"] <= row["first"] else ""
    above = " or above" if row[f"{name}_upper"] >= row["last"] else ""
    text = interval(row, name, below, above)
    return f"{text} {beyond}" if beyond and row[f"{name}_open"] else text


def interval(row, name, below="", above=""):
    value, lower, upper = (float(row[key]) for key in (
        name, name + "_lower", name + "_upper"))
    if not np.isfinite(lower + upper):
        return significant(value, 3)
    return (f"{significant(value, 3)} [{significant(lower, 3)}{below}, "
            f"{significant(upper, 3)}{above}]")


def how_training_ended(ds):
    if not is_any_done(ds, "train"):
        return ""
    n = count_states(ds, "train")["done"]
    rows = [(name, f"{100 * share:.1f} % of {n:,} trainings")
            for name, share in endings(ds).items() if share > 0]
    for name in merits(ds):
        words = name.replace("final_", "").replace("_", " ")
        words = words if "test" in words else f"training {words}"
        rows += best_mean(ds, name, words)
    return facts(rows)


def best_mean(ds, name, words):
    """A row about the best place, of those where as many seeds are done as
    anywhere; one where a seed diverged has no finite mean loss."""
    values = trained(ds, name)
    over = [axis for axis in values.dims if axis == "seed"]
    n = values.notnull().sum(over)
    mean = values.mean(over).where((n == n.max()) & (n > 0))
    mean = mean.where(np.isfinite(mean))
    if not mean.notnull().any():
        return []
    most = mean.min() if words.endswith("loss") else mean.max()
    best = mean.where(mean == most, drop=True)
    place = ", ".join(f"{key} {value_text(best[key])}" for key in best.dims)
    at = f" at {place}" if place else ""
    return [(f"best mean {words}", f"{float(most):.4f}{at}, "
             f"{seeds_words(int(n.max()))}")]


def value_text(coordinate):
    value = coordinate.values.ravel()[0]
    return significant(value, 4) if isinstance(value, float) else str(value)


def what_failed(ds):
    body = ""
    for work in works(ds):
        n = count_states(ds, work)["failed"]
        if n == 0:
            continue
        body += (f'<p class="warning">{n:,} points failed to {work}; they are '
                 "left out of everything above.</p>")
        body += table(["point", "message"], [
            (", ".join(f"{key}={value}" for key, value in where.items()),
             message) for where, message in failures(ds, work)])
    return body or "<p>None.</p>"


def what_it_cost(ds):
    rows = []
    for work in works(ds):
        spent = seconds(ds, work)
        rows.append((f"to {work}", f"{spent / 3600:.3g} core-hours "
                     f"({spent:,.0f} s of computing)"))
    body = facts(rows)
    if "session" in ds.sizes:
        body += "<p></p>" + table(
            ["session", "start (UTC)", "end", "processes", "tasks", "computers"],
            [session_row(ds.isel(session=i), i + 1)
             for i in range(ds.sizes["session"])])
    return body


def session_row(row, number):
    start, end = (time_words(row[name].values)
                  for name in ("session_start", "session_end"))
    return (number, start, end,
            f"{float(row.session_ranks):.0f}", f"{float(row.session_tasks):.0f}",
            text_of(row.session_hosts))


def time_words(time):
    if np.isnat(time):
        return "not in good order, or still running"
    return np.datetime_as_string(time, unit="s").replace("T", " ")


def figures(ds, at="", zones=None):
    """All figures that the study has the numbers for; `zones` where they are
    known."""
    pictures, words = [], f"At {at}." if at else ""
    if has_zone(ds):
        line = line_axis(ds)
        networks = [(ds.isel({name: [i] for name, i in at.items()}),
                     group_words(ds, labels))
                    for at, labels in groups(ds, over=("seed", line))]
        pictures.append(picture(
            "Curvature against " + line.replace("_", " "), plots.zone_figure, ds,
            zones=zones, is_wide=len(networks) > MOST_CURVES))
        pictures += maps(ds, line)
        done = [each for each in networks if is_any_done(each[0], "measure")]
        for each in done[:MOST_CURVES]:
            pictures += of_one_network(*each)
        if len(done) > MOST_CURVES:
            words += (f" Curves, eigenvalues and trainings of single networks "
                      f"are those of {MOST_CURVES} of {len(done)} at most; "
                      "report.py --at KEY=VALUE,... chooses others.")
        if is_any_done(ds, "train"):
            pictures.append(picture(
                "What training reached against curvature before: over all "
                "points, where both depend on the radius, and over seeds",
                plots.accuracy_against_curvature, ds))
    pictures = list(filter(None, pictures))
    return (f"<p>{esc(words.strip())}</p>" if words and pictures else "") + (
        '<div class="figures">' + "\n".join(pictures) + "</div>"
        if pictures else "")


def maps(ds, line):
    """Heat maps over the line and each numeric axis of several values."""
    found = []
    names = ["trace_over_norm"]
    if is_any_done(ds, "train"):
        names.append(merits(ds)[0])
    for axis in grid_axes(ds):
        is_number = np.issubdtype(ds[axis].dtype, np.number)
        if axis in ("seed", line) or ds.sizes[axis] < 3 or not is_number:
            continue
        found += [picture(f"{name.replace('_', ' ')} over {axis} and {line}",
                          plots.heat_map, ds, name, line, axis)
                  for name in names]
        if is_any_done(ds, "train"):
            found.append(picture(f"How training ended over {axis} and {line}",
                                 plots.phase_diagram, ds, line, axis))
    return found


def of_one_network(ds, words):
    """Spectra and training curves of a network that has numbers."""
    of = f" of {words}" if words else ""
    kinds = [("Eigenvalues", "eigenvalues", plots.spectra),
             ("Density of eigenvalues", "eigenvalues", plots.density),
             ("Ends of the whole Hessian", "full_largest_eigenvalues",
              plots.extremes),
             ("Trace of the whole Hessian", "full_trace", plots.full_trace),
             ("Density of the whole Hessian", "density_nodes",
              plots.full_density)]
    found = [picture(text + of, draw, ds)
             for text, name, draw in kinds if name in ds]
    if "trajectory_loss" in ds and is_any_done(ds, "train"):
        found.append(picture(
            f"Training loss{of}: means over seeds, to where one diverges",
            plots.training_curves, ds, "loss"))
    return found
