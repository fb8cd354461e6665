/* SPDX-License-Identifier: MIT */
/**
 * @file meeting.h
 * What processes do together before and after a sweep takes moments, and waits
 * for ever for one that died, or that failed where the others do not come to
 * hear of it, such as inside HDF5. A thread looks for both.
 */
#ifndef GOLD_APP_MEETING_H
#define GOLD_APP_MEETING_H

/** How a process takes part. */
typedef struct gold_meeting {
    int rank;
    int size;
    double lease;  /* run.lease: a meeting lasts ten times as long at most */
    int exit_code; /* of the job, when one of the others must have died */
} gold_meeting;

/**
 * Processes meet, until the next call of this or of gold_meeting_end. From here
 * on this process ends by itself
 * - when it fails (gold_fail) and is still here five to ten seconds later: says
 *   why and ends with the exit code of its failure;
 * - when the time of a meeting is over: process 0 says that one must have died.
 * Not collective; for one process alone it does nothing.
 */
void gold_meeting_begin(const gold_meeting *meeting);

/** The meeting is over, or there was none. */
void gold_meeting_end(void);

#endif
