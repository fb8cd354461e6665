/* SPDX-License-Identifier: MIT */
/**
 * @file wish.h
 * How narrow an interval of a zone is to be, and how many seeds that takes.
 *
 * Widths are from end to end, over the value: of 5 % is an interval whose upper
 * end is 1.05 times the lower one, or for the height one that is so long. By
 * the seeds at hand the part of n seeds is reach(n) / reach(now) times theirs,
 * reach(n) being the quantile of Student's t over sqrt(n), and more by what few
 * seeds mostly see too little of their scatter. The part of the grid stays but
 * for what scatter does to it, which its standard error tells: only a finer
 * grid makes it less. Where it alone is wider than what is wished no number of
 * seeds will do, which a pilot whose interval is wider than places are apart
 * cannot tell, nor one that does not know that part so well.
 */
#ifndef GOLD_APP_WISH_H
#define GOLD_APP_WISH_H

#include "app/sheet.h"

typedef struct goldi_wish {
    goldi_told of;
    double width;
} goldi_wish;

/**
 * Read "low" and "5%" or "0.05"; "5" would be 500 %, and is refused.
 *
 * @retval GOLD_ERR_USAGE  they are none: names those that there are. */
GOLD_CHECKED gold_status goldi_wish_read(const char *of, const char *width,
                                         goldi_wish *wish);

/** What a zone says of a wish. */
typedef struct goldi_need {
    size_t n;         /* seeds that say so */
    double width;     /* of their interval; NaN: there is none */
    double seeds;     /* that are needed; NaN: so few do not tell; infinite: no
                         number does, as a rule since the grid is too coarse */
    const char *line; /* of the study that is planned: its key; NULL: none is,
                         and the line is that of the file */
    size_t n_places;  /* on it */
    size_t places; /* between the same ends that would do where the grid's part
                      is more than half of what is wished; else 0 */
    bool is_rough; /* the interval is wider than places are apart, or no number
                      of seeds would do by a part of the grid that is not known
                      so well: so few seeds say little of what more see */
} goldi_need;

typedef void goldi_need_fn(void *context, const goldi_sheet *sheet,
                           const goldi_need *need);

/** Can a file of a study have zones, in the part that `at` leaves (NULL: all)?
 *
 * @retval GOLD_ERR_USAGE  no. */
GOLD_CHECKED gold_status goldi_check_line(const gold_study *study,
                                          const char *at);

/**
 * Tell of each network of a result file.
 *
 * @param at  the part that is wanted, as in "depth=2"; NULL: all.
 * @param study  that it has to be a pilot of: of the same networks and data,
 * on a line of its own; NULL: it is no pilot.
 * @retval GOLD_ERR_USAGE  that is not of the study, or it has no zones.
 * @retval GOLD_ERR_CONFIG  the study has no line.
 * @retval GOLD_ERR_MISMATCH  it is of other networks or data.
 */
GOLD_CHECKED gold_status goldi_needs_each(const char *path, const char *at,
                                          const gold_study *study,
                                          const goldi_wish *wish,
                                          goldi_need_fn *tell, void *context);

#endif
