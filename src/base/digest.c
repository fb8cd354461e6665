/* SPDX-License-Identifier: MIT */
#include "goldilocks/digest.h"

#include <stdio.h>

#include <openssl/evp.h>

gold_status gold_digest(const gold_bytes *pieces, size_t n_pieces,
                        char text[GOLD_DIGEST_TEXT])
{
    gold_status status = GOLD_OK;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int n_bytes = 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_good =
        context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;

    for (size_t i = 0; is_good && i < n_pieces; i++) {
        is_good =
            EVP_DigestUpdate(context, pieces[i].data, pieces[i].bytes) == 1;
    }
    if (!is_good || EVP_DigestFinal_ex(context, digest, &n_bytes) != 1) {
        GOLD_FAIL(GOLD_ERR_MEMORY, "libcrypto could not compute a SHA-256");
    }
    for (unsigned int i = 0; i < n_bytes; i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", digest[i]);
    }

done:
    EVP_MD_CTX_free(context);
    return status;
}
