#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what is missing of the named groups of packages, without a question.
#
#   sh jobs/packages.sh [--list] build | analysis | data | tools | tests ...
#
# --list only prints the names of what is missing. What is there is found by
# looking for the thing itself, so a library or tool that came some other way
# than by a package counts too. Installing needs root and apt; without them it
# says what is missing and ends with 1.
set -eu

# group, Debian or Ubuntu package, what to look for: a command, a library to
# link, a header, a Python module or a file.
table='
build build-essential command:g++
build cmake command:cmake
build ninja-build command:ninja
build pkg-config command:pkg-config
build git command:git
build libopenmpi-dev command:mpicc
build openmpi-bin command:mpirun
build libopenblas-dev library:openblas
build libhdf5-openmpi-dev command:h5pcc
build libyaml-dev library:yaml
build zlib1g-dev library:z
build libssl-dev library:crypto
build librandom123-dev header:Random123/philox.h
analysis python3 command:python3
analysis python3-h5py module:h5py
analysis python3-xarray module:xarray
analysis python3-h5netcdf module:h5netcdf
analysis python3-netcdf4 module:netCDF4
analysis python3-matplotlib module:matplotlib
analysis python3-pandas module:pandas
analysis python3-scipy module:scipy
data dataset-fashion-mnist file:/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz
tools libcmocka-dev library:cmocka
tools clang command:clang
tools clang-14 command:clang-14
tools clang-format-14 command:clang-format-14
tools clang-tidy-14 command:clang-tidy-14
tools libclang-rt-14-dev file:/usr/lib/llvm-14/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a
tools valgrind command:valgrind
tools shellcheck command:shellcheck
tools python3 command:python3
tests python3-torch module:torch
tests python3-pytest module:pytest
tests python3-pip module:pip
tests python3-venv module:ensurepip
tests python3-dask module:dask
tests python3-setuptools module:setuptools
tests python3-wheel module:wheel
tests python3-jsonschema module:jsonschema
tests python3-yaml module:yaml
tests chromium command:chromium
tests jupyter-nbconvert module:nbconvert
tests python3-ipykernel module:ipykernel
tests netcdf-bin command:ncdump
tests zsh command:zsh
tests fish command:fish
tests slurm-wlm file:/usr/sbin/slurmctld
tests munge file:/usr/sbin/munged
tests iproute2 command:ip
'

# Debian's Python has Debian's modules; another one may come first in PATH.
python=/usr/bin/python3
[ -x "$python" ] || python=python3

is_there() {
    what=${1#*:}
    case $1 in
    command:*) command -v "$what" ;;
    library:*) echo 'int main(void) { return 0; }' |
        cc -x c - "-l$what" -o /dev/null ;;
    header:*) echo "#include <$what>" | cc -x c -E - ;;
    module:*) "$python" -c "import importlib.util, sys
sys.exit(importlib.util.find_spec('$what') is None)" ;;
    file:*)
        # shellcheck disable=SC2086 # a pattern, to be expanded
        find $what
        ;;
    esac >/dev/null 2>&1
}

missing_of() {
    for group; do
        echo "$table" | while read -r of package probe; do
            if [ "$of" = "$group" ] && ! is_there "$probe"; then
                echo "$package"
            fi
        done
    done
}

is_list=no
if [ "${1-}" = --list ]; then
    is_list=yes
    shift
fi
for group; do
    case $group in
    build | analysis | data | tools | tests) ;;
    *)
        echo "$0: no group '$group': build, analysis, data, tools, tests" >&2
        exit 2
        ;;
    esac
done
missing=$(missing_of "$@" | tr '\n' ' ')
missing=${missing% }
if [ "$is_list" = yes ]; then
    echo "$missing"
fi
if [ "$is_list" = yes ] || [ -z "$missing" ]; then
    exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Missing, by their Debian and Ubuntu names: $missing" >&2
    if command -v apt-get >/dev/null; then
        echo "As root: apt-get install $missing" >&2
    fi
    exit 1
fi

export DEBIAN_FRONTEND=noninteractive
echo "Installing $missing"
# An old list of packages may do as well, so a failure here is not the end.
apt-get -q update </dev/null >/dev/null || true
# shellcheck disable=SC2086 # one word for each package
apt-get -q -y --no-install-recommends install $missing </dev/null >/dev/null
missing=$(missing_of "$@" | tr '\n' ' ')
if [ -n "$missing" ]; then
    echo "Installed, and yet missing: $missing" >&2
    exit 1
fi
