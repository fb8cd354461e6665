# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the other scripts share: where the program is, how to start it on all
# nodes of a job, hand a warning on to it, and requeue the job while work is
# left. They read this file, with `home` set to the folder that has jobs/; it
# does nothing alone. jobs/README.md tells the whole.

# What the site needs: modules, variables. They may fail in what they do. Copied
# scripts (goldilocks jobs) have one beside them, which names the program.
if [ -n "${GOLDILOCKS_SITE-}" ] && ! [ -f "$GOLDILOCKS_SITE" ]; then
    echo 'GOLDILOCKS_SITE names no file' >&2
    exit 2
fi
# shellcheck disable=SC2154 # who reads this file sets it
for site in \
    "${GOLDILOCKS_SITE:-${XDG_CONFIG_HOME:-${HOME-}/.config}/goldilocks/site.sh}" \
    "$home/jobs/site.sh"; do
    if [ -f "$site" ]; then
        set +eu
        # shellcheck disable=SC1090 # whoever runs this wrote it
        . "$site"
        set -eu
    fi
done

most_requeues=${GOLDILOCKS_REQUEUES:-1000}
case $most_requeues in *[!0-9]*) most_requeues=1000 ;; esac
# Which scheduler this is, and how often the job was there before.
if [ -n "${PBS_JOBID-}" ]; then
    scheduler=pbs job=$PBS_JOBID requeues=${GOLDILOCKS_REQUEUED:-0}
elif [ -n "${LSB_JOBID-}" ]; then
    scheduler=lsf job=$LSB_JOBID requeues=${GOLDILOCKS_REQUEUED:-0}
    # The same job once more: this says so, not how often.
    [ "${LSB_RESTART-}" != Y ] || requeues=1
else
    scheduler=slurm requeues=${SLURM_RESTART_COUNT:-0}
    # The id of an array is also that of one of its jobs: name the job itself.
    job=${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID}
    job=${job:-${SLURM_JOB_ID-}}
fi
case $requeues in *[!0-9]*) requeues=0 ;; esac
# Seconds before the end of the job in which no task is to run.
margin=20
# The exit code of a program that SIGUSR1 ended.
ended_by_warning=138

process=
is_warned=no
is_hurried=no # told to stop at once
is_cancelled=no
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1
# Where a site has --export=NONE, srun would keep even these from processes.
export SLURM_EXPORT_ENV=ALL

# What paths and the environment bring must not steer the terminal: control
# characters are shown as ?, and so is all beyond ASCII where not all is UTF-8.
harmless() {
    (
        export LC_ALL=C
        beyond='\200-\377'
        if printf %s "$*" | iconv -f UTF-8 -t UTF-8 >/dev/null 2>&1; then
            beyond=
        fi
        printf '%s\n' "$*" | tr "\\001-\\011\\013-\\037\\177$beyond" '[?*]' |
            sed "s/$(printf '\302[\200-\237]')/?/g"
    )
}

say() {
    harmless "${job:+job $job: }$*"
}

fail() {
    say "$*" >&2
    exit 2
}

# How many there are; nproc by itself tells what OpenMP is allowed.
cores() {
    env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc
}

# Sets `program`: the one that is named, or that of this checkout, of this
# installation, or in PATH.
find_program() {
    # shellcheck disable=SC2154 # who reads this file sets it
    set -- "$home/build/goldilocks" "$home/../../bin/goldilocks" goldilocks
    [ -z "${GOLDILOCKS-}" ] || set -- "$GOLDILOCKS"
    for program; do
        if [ -n "$(command -v "$program")" ]; then
            return
        fi
    done
    fail "no $1: build it (sh jobs/quickstart.sh), or say where it is" \
        '(GOLDILOCKS)'
}

# To be asked of each word of `goldilocks run` in turn, after `begin_words`: sets
# `option` to the option that the word is, or is the value of (`is_value`);
# to nothing where it is an operand.
begin_words() {
    awaiting=
    are_operands=no
}
look_at_word() {
    option=$awaiting
    is_value=no
    awaiting=
    if [ -n "$option" ]; then
        is_value=yes
    elif [ "$are_operands" = no ]; then
        case $1 in
        --) are_operands=yes option=-- ;;
        -o | --output | --set | --shard | --max-seconds)
            option=$1 awaiting=$1
            ;;
        --*) option=${1%%=*} ;;
        -o*) option=-o ;;
        -?*) option=$1 ;;
        esac
    fi
}

# With the arguments of `goldilocks run`: if the study has mistakes, end at once
# with the program's words and its code.
check_study() {
    begin_words
    for word; do
        shift
        look_at_word "$word"
        case $option in
        '' | -- | --set) set -- "$@" "$word" ;;
        esac
    done
    "$program" validate "$@" || exit
}

# Slurm warns this script alone (--signal=B:), LSF all. srun and mpirun both hand the
# signal on to all processes.
warn() {
    is_warned=yes
    [ -z "$process" ] || kill -USR1 "$process" 2>/dev/null || true
}
trap warn USR1
trap 'is_cancelled=yes' TERM

# Sets `launcher` to the first way to start the program after which its
# processes know of each other; doctor ends with 0 then.
choose_launcher() {
    launcher=${GOLDILOCKS_LAUNCH-}
    if [ -n "$launcher" ] && [ -z "$(command -v "${launcher%% *}")" ]; then
        fail "no ${launcher%% *}: name what starts the program" \
            '(GOLDILOCKS_LAUNCH)'
    fi
    hosts=${PBS_NODEFILE:-${LSB_DJOB_HOSTFILE-}}
    for way in 'srun --mpi=pmix' srun mpirun${hosts:+" -machinefile $hosts"}; do
        [ -z "$launcher" ] || break
        # shellcheck disable=SC2086 # words
        if timeout 120 $way "$program" doctor >/dev/null 2>&1; then
            launcher=$way
            # mpirun has nothing to say that an error should drown in.
            export OMPI_MCA_orte_execute_quiet=1
        fi
    done
    if [ -z "$launcher" ]; then
        fail "neither srun nor mpirun starts $program as one MPI job here:" \
            'see "Nothing starts it" in jobs/README.md'
    fi
}

# The sum in seconds of lines like "+ 1-02:03:04" and "- 00:10:00".
in_seconds() {
    awk '/^[-+] [0-9]/ {
        n = split($2, part, "-")
        k = split(part[n], time, ":")
        s = 0
        for (i = 1; i <= k; i++) s = 60 * s + time[i]
        s += n > 1 ? 86400 * part[1] : 0
        left += $1 == "+" ? s : -s
        has_limit = has_limit || $1 == "+"
    }
    END {if (has_limit) print left}'
}

# Seconds that are left of the job; nothing where it has no limit. LSF tells none,
# but warns.
seconds_left() {
    case $scheduler in
    slurm) squeue -h -j "$job" -o '+ %L' 2>/dev/null ;;
    pbs)
        qstat -f "$job" 2>/dev/null | sed -n \
            -e 's/^ *Resource_List.walltime = /+ /p' \
            -e 's/^ *resources_used.walltime = /- /p'
        ;;
    esac | in_seconds
}

# The job once more. PBS lets few do that: there another one is submitted. LSF
# does it by itself, after this exit code.
requeue() {
    case $scheduler in
    slurm) scontrol requeue "$job" ;;
    pbs)
        GOLDILOCKS_REQUEUED=$((requeues + 1)) qsub \
            -v GOLDILOCKS_RUN,GOLDILOCKS_HOME,GOLDILOCKS_REQUEUED \
            -W "depend=afterany:$job" "$home/jobs/sweep.job"
        ;;
    lsf) : ;;
    esac
}

# Nothing spoke of the end that was asked for.
before_work='in good order before anything was begun:'
end_stopped() {
    code=75
    ended=0
    # A terminal that was closed does not hear it.
    echo "stopped $1 the same command goes on" >&2 || true
}

# Run the command in such a way that a signal reaches it; sets `code`.
run_warnable() {
    note=$(mktemp)
    GOLDILOCKS_CODE=$note "$@" &
    process=$!
    # A warning that came before there was a process to warn.
    [ "$is_warned" = no ] || warn
    code=0
    wait "$process" || code=$?
    # A signal ends the wait, but not the program.
    while [ "$code" -gt 128 ] && kill -0 "$process" 2>/dev/null; do
        code=0
        wait "$process" || code=$?
    done
    process=
    # mpirun ends with a code of its own when it was told to end, when a node is
    # lost, and with --enable-recovery; the program's own is in the note.
    ended=$code
    if [ -s "$note" ]; then
        code=$(cat "$note")
    elif [ "$is_hurried" = yes ]; then
        # mpirun itself may crash then, where it has hardly begun.
        end_stopped 'at once; what is marked done is kept, and'
    elif [ "$is_warned" = yes ]; then
        # A warning before the program listens ends it, and nothing is lost; srun
        # that has not launched it yet ends with 0. Another start sees what is
        # left.
        case $code in
        0 | "$ended_by_warning") end_stopped "$before_work" ;;
        esac
    fi
    rm -f "$note"
    if [ "$ended" -gt 128 ] && [ "$is_hurried" = no ]; then
        echo "a process was ended by signal $((ended - 128)); what is marked" \
            'done is kept, and the same command goes on' >&2 || true
    fi
}

# goldilocks run with these arguments, on all of the job; sets `code`.
sweep() {
    left=$(seconds_left)
    if [ -n "$left" ] && [ "$left" -gt $((2 * margin)) ]; then
        set -- --max-seconds $((left - margin)) "$@"
    fi
    # What is to happen once must not happen again with every requeue.
    if [ "$requeues" -gt 0 ]; then
        begin_words
        for word; do
            shift
            look_at_word "$word"
            case $is_value$option in
            no--overwrite | no--retry-failed) ;;
            *) set -- "$@" "$word" ;;
            esac
        done
    fi
    say "start $((requeues + 1)), with $launcher, ${left:-any} s left"
    # shellcheck disable=SC2086 # words
    run_warnable $launcher "$program" run "$@"
    say "ended with $code"
}

# End as `code` says: while work is left, requeue.
finish() {
    if [ "$code" = 75 ] && [ "$is_cancelled" = no ]; then
        if [ "$requeues" -ge "$most_requeues" ]; then
            say "requeued $requeues times, and work is left: that is enough" \
                '(GOLDILOCKS_REQUEUES)' >&2
        elif ! requeue; then
            say 'cannot be requeued here; the same command goes on' >&2
        fi
    fi
    # LSF would take it for a wish to go on.
    if [ "$scheduler$is_cancelled$code" = lsfyes75 ]; then
        code=143
    fi
    exit "$code"
}

# All that a job does: with the arguments of `goldilocks run`.
whole_job() {
    [ $# -gt 0 ] || fail 'which study? See the first lines of the script'
    find_program
    check_study "$@"
    choose_launcher
    sweep "$@"
    finish
}
