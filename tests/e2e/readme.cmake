# SPDX-License-Identifier: MIT
gold_add_pytest(e2e.readme test_readme.py LABELS optimised PROCESSORS 2
  COST 60)
