# SPDX-License-Identifier: MIT
gold_add_test(unit.app.print test_app_print.c LABELS unit)
gold_add_test(unit.app.words test_app_words.c LABELS unit)
gold_add_test(unit.app.zone test_app_zone.c LABELS unit)
gold_add_test(unit.app.rise test_app_rise.c LABELS unit)
gold_add_test(unit.app.refine test_app_refine.c LABELS unit)
gold_add_test(unit.app.noise test_app_noise.c LABELS unit optimised)
gold_add_test(unit.app.textplot test_app_textplot.c LABELS unit)
gold_add_test(unit.app.doctor test_app_doctor.c LABELS unit)
