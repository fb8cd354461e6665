# SPDX-License-Identifier: MIT
"""Read, condense and draw the result files of Goldilocks."""
