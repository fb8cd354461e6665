#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Draw the Goldilocks zone from a result file.

Trace over Frobenius norm of the Hessian in a random subspace, and the share
of its eigenvalues above 0, against where the point lies: radius, relative
radius, scale or temperature, whichever the study swept; where it also trained,
the accuracy that was reached from there. Lines are means over seeds, bands one
standard deviation over seeds to either side. More than eight networks have panels, by
axes that --col names or that are chosen.
"""
import os
import sys

import needed


def main():
    parser = needed.Parser(description=__doc__)
    parser.add_argument("file", help="result file of a study")
    needed.output_options(parser, "PNG", "where to; PDF and SVG by their "
                          "ending; default figures/<name of the file>.png")
    parser.add_argument("--dim", type=int, metavar="D",
                        help="dimension of the subspace; default each of one "
                        "network, the largest of several")
    parser.add_argument("--col", metavar="AXIS,...", default="",
                        help="a panel for each value of these axes")
    parser.add_argument("--hue", metavar="AXIS",
                        help="the axis whose values colours stand for")
    parser.add_argument("--at", metavar="KEY=VALUE,...", default="",
                        help="networks with these values of axes only, such as "
                        "activation=relu,depth=2")
    parser.add_argument("--dpi", type=int, default=300,
                        help="dots an inch of a PNG; default 300")
    args = parser.parse_args()
    with needed.modules():
        import goldilocks
        from goldilocks import outputs, plots
    output = args.output
    if output is None:
        stem = os.path.splitext(os.path.basename(args.file))[0]
        output = os.path.join("figures", stem + ".png")
    with needed.one_message(args.file), outputs.making(
            output, outputs.PICTURE, [args.file], args.overwrite) as name:
        kind = plots.format_of(output)
        ds = goldilocks.open_results(args.file)
        if args.at:
            ds = goldilocks.files.narrowed(ds, args.at)
        figure = plots.zone_figure(ds, args.dim, hue=args.hue,
                                   col=[*filter(None, args.col.split(","))])
        plots.write(figure, name, kind, args.dpi)
    needed.say(output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
