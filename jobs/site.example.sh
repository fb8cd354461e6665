# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034 # who reads it uses them
# What a site needs before a job starts the program. Copy it to
# ~/.config/goldilocks/site.sh, or name it in GOLDILOCKS_SITE. Every script for
# jobs reads it; account, partition and the like stand in the scripts' own lines,
# or in the scheduler's variables, such as SBATCH_ACCOUNT.

# module load gcc openmpi openblas hdf5
# GOLDILOCKS=$HOME/.local/bin/goldilocks
# GOLDILOCKS_LAUNCH='srun --mpi=pmix_v3'
