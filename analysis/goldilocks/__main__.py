# SPDX-License-Identifier: MIT
"""python3 -m goldilocks convert IN... -o my-data.h5"""
import argparse
import sys
import warnings

from . import convert, outputs


def main(words=None):
    parser = argparse.ArgumentParser(prog="python3 -m goldilocks")
    commands = parser.add_subparsers(dest="command", required=True)
    about = commands.add_parser(
        "convert", description=convert.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    about.add_argument("inputs", nargs="+", metavar="IN")
    about.add_argument("-o", "--output", required=True, metavar="HDF5")
    about.add_argument("--name", help="what the data are called")
    about.add_argument("--label", metavar="COLUMN", help="of a .csv")
    about.add_argument("--targets", metavar="A,B", help="columns of a .csv that "
                       "are values")
    about.add_argument("--channels-last", action="store_true",
                       help="images are [n, height, width, channels]")
    about.add_argument("--labels", choices=("fine", "coarse"), default="fine",
                       help="of CIFAR-100")
    about.add_argument("--transpose", action="store_true",
                       help="images of IDX files are stored by columns")
    about.add_argument("--overwrite", action="store_true",
                       help="replace HDF5 if it exists and has samples")
    args = vars(parser.parse_args(words))
    del args["command"]
    warnings.formatwarning = lambda text, *_, **more: f"note: {text}\n"
    try:
        output = args.pop("output")
        convert.convert(args.pop("inputs"), output, progress=True, **args)
        print(convert.made_words(output))
    except (OSError, ValueError, ImportError) as error:
        sys.exit(f"goldilocks: {outputs.typed(error)}")


if __name__ == "__main__":
    main()
