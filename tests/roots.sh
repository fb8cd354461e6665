#!/bin/sh
# SPDX-License-Identifier: MIT
# Build, install and run in fresh roots of Debian 12, with nothing of this
# machine:
#
#   sh tests/roots.sh [KIND...]
#
#   plain    build packages alone, in another folder, by a user who is not root
#   package  the .deb of that: installed, used for the quickstart, removed
#   prefix   OpenBLAS and libyaml in a prefix of one's own only; make, no Ninja
#   mpich    MPICH and its HDF5
#   blis     BLIS and the reference LAPACK
#   image    the steps of jobs/site/Dockerfile, and its module file with Lmod
#
# The first takes a processor five minutes and the others, with its ccache, three;
# each a gigabyte below TMPDIR. Needs root (for chroot), debootstrap and packages
# from Debian; where one of them is absent it says so and ends with 77. KEEP=1
# keeps the roots; GOLD_CACHE and GOLD_BASE name a folder of ccache and a root of
# debootstrap that are there already.
# shellcheck disable=SC2016 # other shells expand them
set -eu

skip() {
    echo "skipped: $*"
    exit 77
}

[ "$(id -u)" = 0 ] || skip 'only root makes a root'
[ -n "${GOLD_BASE-}" ] || [ -n "$(command -v debootstrap)" ] ||
    skip 'no debootstrap'
for tool in unshare chroot; do
    [ -n "$(command -v $tool)" ] || skip "no $tool"
done
# Mounts of its own, which end with it.
if [ -z "${GOLD_HAS_MOUNTS-}" ]; then
    GOLD_HAS_MOUNTS=1 exec unshare --mount sh "$0" "$@"
fi
[ $# -gt 0 ] || set -- plain package prefix mpich blis image

top=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
chmod 755 "$work"
cache=${GOLD_CACHE:-$work/cache}
base=${GOLD_BASE:-$work/base}
mkdir -p "$cache"
finish() {
    for root in "$work"/*/cache; do
        root=${root%/cache}
        umount -l "$root/proc" "$root/sys" "$root/dev/shm" "$root/cache" || true
    done 2>/dev/null
    [ -n "${KEEP-}" ] || rm -rf --one-file-system "$work"
}
trap finish EXIT

quietly() {
    if ! "$@" >"$work/log" 2>&1; then
        tail -n 60 "$work/log"
        return 1
    fi
}

# as_root ROOT SCRIPT: in a root; as_someone likewise, at home.
inside() { # USER ROOT FOLDER SCRIPT
    chroot "$work/$2" /usr/bin/env -i HOME=/someone LANG=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive CCACHE_DIR=/cache CCACHE_NOHASHDIR=1 \
        CCACHE_BASEDIR="/someone/the sources" \
        CMAKE_C_COMPILER_LAUNCHER=ccache PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        setpriv --reuid="$1" --regid="$1" --clear-groups \
        sh -eu -c "cd $3; $4"
}
as_root() {
    inside 0 "$1" / "$2"
}
as_someone() {
    inside 1000 "$1" /someone "$2"
}

add() {
    root=$1
    shift
    quietly as_root "$root" "apt-get -q -y --no-install-recommends install $*"
}

# fresh ROOT PACKAGE...: a root with these packages, someone who uses it, and
# the sources in a folder with a space.
fresh() {
    root=$1
    shift
    if ! [ -d "$base" ]; then
        quietly debootstrap --variant=minbase bookworm "$base" ||
            skip 'debootstrap reaches no packages'
    fi
    cp -a "$base" "$work/$root"
    mount -t proc proc "$work/$root/proc"
    mount -t sysfs -o ro sysfs "$work/$root/sys"
    mkdir -p "$work/$root/dev/shm"
    mount -t tmpfs tmpfs "$work/$root/dev/shm"
    mkdir "$work/$root/cache"
    mount --bind "$cache" "$work/$root/cache"
    as_root "$root" 'useradd -m -d /someone -u 1000 someone'
    quietly as_root "$root" 'apt-get -q update'
    [ $# = 0 ] || add "$root" "$@"
    home="$work/$root/someone/the sources"
    mkdir "$home"
    (cd "$top" && git ls-files -z --cached --others --exclude-standard |
        tar -c --null -T -) | tar -x -C "$home"
    chown -R 1000:1000 "$work/$root/someone"
}

# build ROOT OPTIONS: configure, build, install for someone.
build() {
    chown -R 1000:1000 "$cache"
    quietly as_someone "$1" "cd 'the sources'
        cmake --preset release $2
        cmake --build --preset release --parallel $(nproc)
        cmake --install build --prefix ~/.local"
}

study='study: rooted
grid: {seed: {count: 9}, relative_radius: [0.1, 1, 10]}
data: {set: circles, train: 50, test: 20, normalize: none}
network: {width: 16}
curvature: {subspace: {dim: [5]}}
train: {steps: 5, batch: full, learning_rate: 0.1}
'

# use ROOT: what is installed, from another folder, by one process and by three;
# the numbers are the same.
use() {
    as_someone "$1" "mkdir -p elsewhere; cd elsewhere
        PATH=\$PATH:~/.local/bin
        echo '$study' >study.yaml
        share=\$(dirname \$(command -v goldilocks))/../share/goldilocks
        goldilocks run study.yaml -o one.h5 --quiet
        goldilocks verify one.h5
        sh \$share/jobs/local.sh study.yaml -o three.h5 --quiet
        goldilocks status three.h5
        goldilocks table one.h5 >one.csv
        goldilocks table three.h5 >three.csv
        cmp one.csv three.csv
        goldilocks doctor study.yaml"
}

plain() {
    fresh plain
    quietly as_root plain 'sh "someone/the sources/jobs/packages.sh" build'
    add plain ccache
    build plain '-G Ninja'
    use plain
    # A farm of tasks that know nothing of each other.
    add plain parallel
    as_someone plain 'cd elsewhere; PATH=$PATH:~/.local/bin
        seq 8 | parallel -j 8 goldilocks run study.yaml --alone --quiet \
            --shard {}/8 -o part-{}.h5
        goldilocks merge farm.h5 part-*.h5
        goldilocks table farm.h5 >farm.csv
        cmp one.csv farm.csv'
}

# Names of all files but those that are others' to change.
listing() {
    (cd "$work/$1" && find . -xdev \( -path ./someone -o -path ./tmp -o \
        -path ./var/cache -o -path ./var/log -o -path ./proc -o -path ./sys \) \
        -prune -o -print | sort) >"$work/$2"
}

package() {
    [ -d "$work/plain" ] || plain
    add plain file # cpack asks it which files need libraries
    quietly as_someone plain "cd 'the sources/build'; cpack -G DEB"
    fresh package
    cp "$work/plain/someone/the sources/build"/*.deb "$work/package/tmp"
    # Not what recommended packages recommend: that is half of Debian.
    add package '/tmp/*.deb' dataset-fashion-mnist \
        "$(dpkg-deb -f "$work"/package/tmp/*.deb Recommends | tr -d ,)"
    quietly as_root package 'apt-get -q -y purge goldilocks'
    listing package before
    add package '/tmp/*.deb'
    as_someone package 'goldilocks --version
        share=/usr/share/goldilocks
        sh $share/jobs/local.sh $share/configs/quickstart.yaml -o q.h5 --quiet
        goldilocks summary q.h5
        python3 $share/analysis/plot_zone.py q.h5 -o q.png
        test -s q.png'
    # Python writes what it compiled where root calls it.
    as_root package 'python3 /usr/share/goldilocks/analysis/report.py --help \
        >/dev/null'
    quietly as_root package 'apt-get -q -y purge goldilocks'
    listing package after
    diff "$work/before" "$work/after"
    ! grep goldilocks "$work/after"
}

libraries='ccache gcc libc6-dev cmake pkg-config zlib1g-dev libssl-dev
    librandom123-dev'
openmpi='libopenmpi-dev openmpi-bin libhdf5-openmpi-dev'

prefix() {
    # shellcheck disable=SC2086 # words
    fresh prefix $libraries $openmpi make libgfortran5
    quietly as_root prefix 'mkdir /opt/own /tmp/debs; cd /tmp/debs
        apt-get -q download libopenblas0-pthread libopenblas-pthread-dev \
            libyaml-0-2 libyaml-dev
        for deb in *.deb; do dpkg -x "$deb" .; done
        own=usr/lib/*/
        cp -r usr/include /opt/own
        mv /opt/own/include/*-linux-gnu/* /opt/own/include
        mkdir /opt/own/lib
        cp -P usr/lib/*/libyaml* usr/lib/*/openblas-pthread/lib*.so* \
            /opt/own/lib'
    if build prefix '' >/dev/null; then
        echo 'built without OpenBLAS and libyaml'
        return 1
    fi
    build prefix '-DCMAKE_PREFIX_PATH=/opt/own'
    use prefix
}

mpich() {
    # shellcheck disable=SC2086 # words
    fresh mpich $libraries ninja-build libmpich-dev mpich libhdf5-mpich-dev \
        libopenblas-dev libyaml-dev
    build mpich '-G Ninja'
    use mpich
}

blis() {
    # shellcheck disable=SC2086 # words
    fresh blis $libraries $openmpi ninja-build libblis-dev liblapack-dev \
        libyaml-dev
    build blis "-G Ninja '-DGOLD_BLAS=blis;lapack'"
    use blis
}

image() {
    fresh image
    mkdir "$work/image/src"
    cp -a "$work/image/someone/the sources/." "$work/image/src"
    add image ccache
    chown -R 0:0 "$cache"
    grep '^RUN ' "$top/jobs/site/Dockerfile" | while read -r _ step; do
        quietly as_root image "MARCH=native; export CCACHE_BASEDIR=/src; $step"
    done
    use image
    add image lmod
    as_someone image 'mkdir -p modules/goldilocks'
    cp "$top/jobs/site/goldilocks.lua" \
        "$work/image/someone/modules/goldilocks/0.1.0.lua"
    inside 1000 image /someone 'bash -lc ". /etc/profile.d/lmod.sh
        module use ~/modules
        module load goldilocks/0.1.0
        test \$GOLDILOCKS_HOME = /usr/local/share/goldilocks
        command -v goldilocks
        module unload goldilocks
        test -z \"\${GOLDILOCKS_HOME-}\""'
}

n_passed=0
for kind; do
    case $kind in
    plain | package | prefix | mpich | blis | image) ;;
    *)
        echo "$0: no kind '$kind'" >&2
        exit 2
        ;;
    esac
    echo "== $kind"
    "$kind"
    n_passed=$((n_passed + 1))
done
echo "$n_passed passed, 0 failed"
