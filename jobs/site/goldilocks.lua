-- SPDX-License-Identifier: MIT
-- A module for Lmod, of what `cmake --install build --prefix PREFIX` made: as
-- FOLDER/goldilocks/0.1.0.lua, with PREFIX below. Modules of the MPI, HDF5 and BLAS
-- that it was built with go in front, by depends_on("openmpi") and so on.
-- Tried with Lmod 8.6 (tests/roots.sh image).
local prefix = os.getenv("GOLDILOCKS_PREFIX") or "/usr/local"
whatis("Goldilocks: how the starting point of a network decides how it trains")
prepend_path("PATH", pathJoin(prefix, "bin"))
prepend_path("MANPATH", pathJoin(prefix, "share/man"))
prepend_path("CMAKE_PREFIX_PATH", prefix)
prepend_path("PYTHONPATH", pathJoin(prefix, "share/goldilocks/analysis"))
prepend_path("XDG_DATA_DIRS", pathJoin(prefix, "share"))
setenv("GOLDILOCKS_HOME", pathJoin(prefix, "share/goldilocks"))
