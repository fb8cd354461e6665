#!/bin/sh
# SPDX-License-Identifier: MIT
# A study on all cores of this machine, without a scheduler:
#
#   sh jobs/local.sh STUDY.yaml [-o FILE] [other options of run]
#
# One process hands out tasks and sleeps in between, so there is one more than
# cores; GOLDILOCKS_PROCESSES sets another number. Ctrl-C stops in good order,
# a second one at once; the same command goes on.
# shellcheck disable=SC2317 # called by a trap
set -eu

home=$(dirname "$0")/..
# shellcheck source=jobs/launch.sh
. "$home/jobs/launch.sh"
find_program
if [ "$(id -u)" = 0 ]; then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi

stop() {
    if [ "$is_warned" = yes ]; then
        is_hurried=yes
        [ -z "$process" ] || kill -TERM "$process" 2>/dev/null || true
    else
        warn
        # A terminal that was closed does not hear it.
        echo 'stopping in good order; Ctrl-C once more stops at once' >&2 || true
    fi
}
trap stop INT TERM HUP

# mpirun would kill all at the first Ctrl-C, so it is out of the terminal's
# reach, in a session of its own. All that it may find wrong by itself it says
# here, and then no more: an error would drown in it. What Open MPI, 4 and 5, is
# to do stands in the environment: MPICH knows none of its options.
start="mpirun -n ${GOLDILOCKS_PROCESSES:-$(($(cores) + 1))}"
export OMPI_MCA_rmaps_base_oversubscribe=1
export PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe
# shellcheck disable=SC2086 # words
setsid $start "$program" --version >/dev/null || exit $?
if [ "$is_warned" = yes ]; then
    end_stopped "$before_work"
    exit "$code"
fi
export OMPI_MCA_orte_execute_quiet=1
# shellcheck disable=SC2086 # words
run_warnable setsid $start "$program" run "$@"
exit "$code"
