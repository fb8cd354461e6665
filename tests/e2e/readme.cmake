# SPDX-License-Identifier: MIT
# First of all: what wants two processors gets them when nothing else waits.
gold_add_pytest(e2e.readme test_readme.py LABELS optimised PROCESSORS 2
  COST 100)
