/* Rows from decoder keys, 256 meters side by side: bit b of each in one value of type v.
 *
 * Written from IEC 62055-41 (6.2.7, 6.2.8, 6.3.9, 6.4) and RFC 2994. circuits.h has the S-boxes as AND and XOR, which
 * tests/perf/limit.py makes of their tables.
 */
#include <stdint.h>
#include <string.h>

typedef uint64_t u64;
typedef u64 v __attribute__((vector_size(32)));
enum { LANES = 256, WORDS = 4 };

static const v ZERO = {0, 0, 0, 0};
#define ONES (~ZERO)
#include "circuits.h"

/* 256 numbers of 64 bits and 64 planes, there and back: squares of 64 bits are turned over (halves swap, quarters ...). */
static void turn(u64 square[64]) {
    u64 low = 0x00000000FFFFFFFFull;
    for (int half = 32; half; half >>= 1, low ^= low << half)
        for (int row = 0; row < 64; row = ((row | half) + 1) & ~half) {
            u64 swapped = ((square[row] >> half) ^ square[row | half]) & low;
            square[row | half] ^= swapped;
            square[row] ^= swapped << half;
        }
}

static void to_planes(const u64 *numbers, int step, v planes[64]) {
    for (int word = 0; word < WORDS; word++) {
        u64 square[64];
        for (int lane = 0; lane < 64; lane++) square[lane] = numbers[(64 * word + lane) * step];
        turn(square);
        for (int bit = 0; bit < 64; bit++) planes[bit][word] = square[bit];
    }
}

static void from_planes(const v planes[64], u64 numbers[LANES]) {
    for (int word = 0; word < WORDS; word++) {
        u64 square[64];
        for (int bit = 0; bit < 64; bit++) square[bit] = planes[bit][word];
        turn(square);
        memcpy(numbers + 64 * word, square, sizeof square);
    }
}

/* A section's block: 48 bits above the CRC over 6 zero bits, 2 bits of class and those 48. */
static unsigned crc_of(u64 upper48) {
    u64 bits = (u64)2 << 48 | upper48;
    unsigned crc = 0xFFFF;
    for (int byte = 6; byte >= 0; byte--) {
        crc ^= (unsigned)(bits >> (8 * byte)) & 0xFF;
        for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0xA001 : crc >> 1;
    }
    return ((crc & 0xFF) << 8 | crc >> 8) & 0xFFFF;
}

static void block_of(u64 clear, const v *word, v block[64]) {
    static unsigned change[32]; /* Of the CRC, by each bit of the word. */
    if (!change[0])
        for (int bit = 0; bit < 32; bit++) change[bit] = crc_of(1ull << bit) ^ crc_of(0);
    u64 whole = clear << 16 | crc_of(clear);
    for (int bit = 0; bit < 64; bit++) block[bit] = whole >> bit & 1 ? ONES : ZERO;
    for (int bit = 0; bit < 32; bit++) {
        block[16 + bit] = word[bit];
        for (int place = 0; place < 16; place++) block[place] ^= word[bit] & -(u64)(change[bit] >> place & 1);
    }
}

static void ea07(v block[64], const v key[64]) {
    v next[64], out[8];
    for (int round = 0; round < 16; round++) {
        for (int nibble = 0; nibble < 16; nibble++) {
            ea07_box(block + 4 * nibble, out);
            v chosen = key[(79 - round + 4 * nibble) % 64];
            for (int bit = 0; bit < 4; bit++) next[P[4 * nibble + bit]] = out[bit] ^ (out[4 + bit] & chosen);
        }
        memcpy(block, next, sizeof next);
    }
}

/* MISTY1; 16 planes are a part of the key or of a block, the lowest bit first. */
static void fi(const v in[16], const v key[16], v out[16]) {
    v d9[9], d7[7], s9[9], s7[7];
    memcpy(d7, in, sizeof d7);
    memcpy(d9, in + 7, sizeof d9);
    s9_box(d9, s9);
    for (int bit = 0; bit < 7; bit++) s9[bit] ^= d7[bit];
    s7_box(d7, s7);
    for (int bit = 0; bit < 7; bit++) s7[bit] ^= s9[bit] ^ key[9 + bit];
    for (int bit = 0; bit < 9; bit++) d9[bit] = s9[bit] ^ key[bit];
    s9_box(d9, s9);
    for (int bit = 0; bit < 7; bit++) s9[bit] ^= s7[bit];
    memcpy(out, s9, sizeof s9);
    memcpy(out + 9, s7, sizeof s7);
}

static void fl(v half[32], const v and_key[16], const v or_key[16]) {
    for (int bit = 0; bit < 16; bit++) {
        half[bit] ^= half[16 + bit] & and_key[bit];
        half[16 + bit] ^= half[bit] | or_key[bit];
    }
}

static void mixed_into(v *to, const v *a, const v *b) {
    for (int bit = 0; bit < 16; bit++) to[bit] = a[bit] ^ b[bit];
}

static void fo(const v source[32], v target[32], v k[8][16], v x[8][16], int i) {
    v left[16], right[16], in[16];
    mixed_into(in, source + 16, k[i]);
    fi(in, x[(i + 5) % 8], left);
    mixed_into(left, left, source);
    mixed_into(in, source, k[(i + 2) % 8]);
    fi(in, x[(i + 1) % 8], right);
    mixed_into(right, right, left);
    mixed_into(in, left, k[(i + 7) % 8]);
    fi(in, x[(i + 3) % 8], left);
    mixed_into(left, left, right);
    mixed_into(right, right, k[(i + 4) % 8]);
    mixed_into(target + 16, target + 16, right);
    mixed_into(target, target, left);
}

static void expand(const v high[64], const v low[64], v k[8][16], v x[8][16]) {
    for (int part = 0; part < 4; part++) {
        memcpy(k[part], high + 48 - 16 * part, sizeof k[part]);
        memcpy(k[part + 4], low + 48 - 16 * part, sizeof k[part]);
    }
    for (int part = 0; part < 8; part++) fi(k[part], k[(part + 1) % 8], x[part]);
}

static void ea11(v block[64], v k[8][16], v x[8][16]) {
    v *upper = block + 32, *lower = block, result[64];
    for (int i = 0; i < 8; i += 2) {
        fl(upper, k[i / 2], x[(i / 2 + 6) % 8]);
        fl(lower, x[(i / 2 + 2) % 8], k[(i / 2 + 4) % 8]);
        fo(upper, lower, k, x, i);
        fo(lower, upper, k, x, i + 1);
    }
    fl(upper, k[4], x[2]);
    fl(lower, x[6], k[0]);
    memcpy(result, upper, 32 * sizeof *upper);
    memcpy(result + 32, lower, 32 * sizeof *lower);
    memcpy(block, result, sizeof result);
}

/* The class, 10b, changes places with two bits of the block (6.4.2); 66 bits are 20 digits. */
static void digits_of(const v block[64], char rows[LANES][20]) {
    static char four[10000][4];
    if (!four[0][0])
        for (int n = 0; n < 10000; n++)
            for (int place = 3, rest = n; place >= 0; place--, rest /= 10) four[n][place] = (char)('0' + rest % 10);
    u64 numbers[LANES];
    from_planes(block, numbers);
    for (int lane = 0; lane < LANES; lane++) {
        u64 high = numbers[lane] >> 27 & 3, low = (numbers[lane] & ~(3ull << 27)) | 2ull << 27;
        /* high * 2^64 + low, parted at 10^8. */
        u64 rest = low % 100000000u + high * (~0ull % 100000000u + 1);
        u64 upper = low / 100000000u + high * (~0ull / 100000000u) + rest / 100000000u;
        rest %= 100000000u;
        memcpy(rows[lane], four[upper / 100000000u], 4);
        memcpy(rows[lane] + 4, four[upper / 10000 % 10000], 4);
        memcpy(rows[lane] + 8, four[upper % 10000], 4);
        memcpy(rows[lane] + 12, four[rest / 10000], 4);
        memcpy(rows[lane] + 16, four[rest % 10000], 4);
    }
}

/* `clear`: the sections of the change, with zeros for the words of a key. */
static void ea07_rows(const v *old, const v *new, const u64 *clear, char rows[2][LANES][20]) {
    for (int section = 0; section < 2; section++) {
        v block[64];
        block_of(clear[section], section ? new : new + 32, block);
        ea07(block, old);
        digits_of(block, rows[section]);
    }
}

static void ea11_rows(const v *old, const v *new, const u64 *clear, char rows[4][LANES][20]) {
    v k[8][16], x[8][16];
    const v *high = new, *low = new + 64, *words[4] = {high + 32, low, high, low + 32};
    expand(old, old + 64, k, x);
    for (int section = 0; section < 4; section++) {
        v block[64];
        block_of(clear[section], words[section], block);
        ea11(block, k, x);
        digits_of(block, rows[section]);
    }
}
