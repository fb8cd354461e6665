/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <goldilocks/digest.h>

int main(void)
{
    const gold_bytes bytes = {"abc", 3};
    char text[GOLD_DIGEST_TEXT] = "";
    const gold_status status = gold_digest(&bytes, 1, text);

    return status == GOLD_OK && strncmp(text, "ba7816bf", 8) == 0 ? 0 : 1;
}
