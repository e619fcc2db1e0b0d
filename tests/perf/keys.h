/* Decoder keys of 256 meters from one vending key: DKGA02 and DKGA04 (IEC 62055-41, 6.5.3).
 *
 * Written from FIPS 46-3 (DES, over bit planes), FIPS 180-4 (SHA-256, 16 meters side by side) and RFC 2104 (HMAC).
 */
enum { PAN_DIGITS = 18, TOLD_BYTES = 49, PAN_PLACE = TOLD_BYTES - 4 - PAN_DIGITS, AT_ONCE = 16 };
typedef uint32_t w __attribute__((vector_size(4 * AT_ONCE)));
typedef struct {
    u64 key, control, rounds[16][48]; /* DKGA02; of each bit of a round's key 64 copies. */
    w inner[8], outer[8];             /* DKGA04: states that know the vending key. */
    uint8_t told[64];                 /* The data block, padded; the PAN goes into it. */
    u64 clear[4];                     /* The sections of the change to the decoder key of this link. */
} Link;

/* Bits of a block, of a half and of a key are numbered from 1, the highest first, as in the standard. */
static const int P_BOX[32] = {16, 7, 20, 21, 29, 12, 28, 17, 1,  15, 23, 26, 5,  18, 31, 10,
                              2,  8, 24, 14, 32, 27, 3,  9,  19, 13, 30, 6,  22, 11, 4,  25};
static const int PC_1[56] = {57, 49, 41, 33, 25, 17, 9,  1,  58, 50, 42, 34, 26, 18, 10, 2,  59, 51, 43,
                             35, 27, 19, 11, 3,  60, 52, 44, 36, 63, 55, 47, 39, 31, 23, 15, 7,  62, 54,
                             46, 38, 30, 22, 14, 6,  61, 53, 45, 37, 29, 21, 13, 5,  28, 20, 12, 4};
static const int PC_2[48] = {14, 17, 11, 24, 1,  5,  3,  28, 15, 6,  21, 10, 23, 19, 12, 4,
                             26, 8,  16, 7,  27, 20, 13, 2,  41, 52, 31, 37, 47, 55, 30, 40,
                             51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32};

static void des_schedule(u64 key, u64 rounds[16][48]) {
    int turned = 0;
    for (int round = 0; round < 16; round++) {
        turned += round < 2 || round == 8 || round == 15 ? 1 : 2;
        for (int place = 0; place < 48; place++) {
            int from = PC_2[place] - 1, half = from / 28 * 28;
            rounds[round][place] = -(key >> (64 - PC_1[half + (from - half + turned) % 28]) & 1);
        }
    }
}

/* The plane that the initial permutation puts at a place of both halves; the final one is its reverse. */
static int initial(int place) { return 64 - ((place < 32 ? 58 : 57) + place % 32 / 8 * 2 - place % 8 * 8); }

#define BOX(number)                                                                        \
    {                                                                                      \
        v in[6], out[4];                                                                   \
        for (int bit = 0; bit < 6; bit++)                                                  \
            in[5 - bit] = right[(31 + 4 * number + bit) % 32] ^ key[6 * number + bit];     \
        des_box_##number(in, out);                                                         \
        for (int bit = 0; bit < 4; bit++) given[4 * number + bit] = out[3 - bit];          \
    }

static inline void des_round(v *left, const v *right, const u64 *key) {
    v given[32];
    BOX(0) BOX(1) BOX(2) BOX(3) BOX(4) BOX(5) BOX(6) BOX(7)
    for (int place = 0; place < 32; place++) left[place] ^= given[P_BOX[place] - 1];
}

static void des(v block[64], const u64 rounds[16][48]) {
    v half[2][32];
    for (int place = 0; place < 64; place++) half[place / 32][place % 32] = block[initial(place)];
    for (int round = 0; round < 16; round += 2) {
        des_round(half[0], half[1], rounds[round]);
        des_round(half[1], half[0], rounds[round + 1]);
    }
    /* The halves are not changed over after the last round. */
    for (int place = 0; place < 64; place++) block[initial(place)] = half[1 - place / 32][place % 32];
}

/* Without the first digit and the check digit. */
static u64 pan_block(const uint8_t pan[PAN_DIGITS]) {
    u64 block = 0;
    for (int place = 1; place < 17; place++) block = block << 4 | pan[place];
    return block;
}

/* 6.5.3.3; `pans` are planes of PANBlock. */
static void dkga02(const Link *link, const v pans[64], v key[64]) {
    v mixed[64];
    for (int bit = 0; bit < 64; bit++) key[bit] = mixed[bit] = pans[bit] ^ -(link->control >> bit & 1);
    des(key, link->rounds);
    for (int bit = 0; bit < 64; bit++) key[bit] ^= mixed[bit] ^ -(link->key >> bit & 1);
}

static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
static const uint32_t FIRST[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

#define TURNED(x, by) ((x) >> (by) | (x) << (32 - (by)))

/* SHA-256 goes on from `before` with a block, which is used up. */
static void sha256(const w before[8], w block[16], w after[8]) {
    w a = before[0], b = before[1], c = before[2], d = before[3];
    w e = before[4], f = before[5], g = before[6], h = before[7];
#pragma GCC unroll 64
    for (int t = 0; t < 64; t++) {
        if (t >= 16) {
            w early = block[(t + 1) % 16], late = block[(t + 14) % 16];
            block[t % 16] += (TURNED(early, 7) ^ TURNED(early, 18) ^ early >> 3) + block[(t + 9) % 16] +
                             (TURNED(late, 17) ^ TURNED(late, 19) ^ late >> 10);
        }
        w first = h + (TURNED(e, 6) ^ TURNED(e, 11) ^ TURNED(e, 25)) + ((e & f) ^ (~e & g)) + K[t] + block[t % 16];
        w second = (TURNED(a, 2) ^ TURNED(a, 13) ^ TURNED(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + first, d = c, c = b, b = a, a = first + second;
    }
    w result[8] = {a, b, c, d, e, f, g, h};
    for (int part = 0; part < 8; part++) after[part] = before[part] + result[part];
}

static uint32_t word_at(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static const w NOUGHT = {0};

/* The state after the key's own block: one of HMAC's two. */
static void hmac_state(const uint8_t *key, int size, uint8_t pad, w state[8]) {
    uint8_t padded[64];
    w block[16], first[8];
    memset(padded, pad, sizeof padded);
    for (int place = 0; place < size; place++) padded[place] ^= key[place];
    for (int place = 0; place < 16; place++) block[place] = NOUGHT + word_at(padded + 4 * place);
    for (int place = 0; place < 8; place++) first[place] = NOUGHT + FIRST[place];
    sha256(first, block, state);
}

/* A message ends with a one and its length in bits; the key's block is before it. */
static void hmac_begin(Link *link, const uint8_t *key, int size) {
    hmac_state(key, size, 0x36, link->inner);
    hmac_state(key, size, 0x5C, link->outer);
    int bits = 8 * (64 + TOLD_BYTES);
    link->told[TOLD_BYTES] = 0x80;
    link->told[62] = (uint8_t)(bits >> 8);
    link->told[63] = (uint8_t)bits;
}

/* 6.5.3.6 for EA11: the first 16 bytes of the HMAC, as two numbers a meter. */
static void dkga04(const Link *link, const uint8_t pans[LANES][PAN_DIGITS], u64 keys[2 * LANES]) {
    enum { FROM = PAN_PLACE / 4, TO = (PAN_PLACE + PAN_DIGITS + 3) / 4 };
    for (int first = 0; first < LANES; first += AT_ONCE) {
        w block[16], state[8];
        for (int place = 0; place < 16; place++) block[place] = NOUGHT + word_at(link->told + 4 * place);
        for (int lane = 0; lane < AT_ONCE; lane++) {
            uint8_t told[4 * (TO - FROM)];
            memcpy(told, link->told + 4 * FROM, sizeof told);
            for (int digit = 0; digit < PAN_DIGITS; digit++)
                told[PAN_PLACE - 4 * FROM + digit] = (uint8_t)('0' + pans[first + lane][digit]);
            for (int place = FROM; place < TO; place++) block[place][lane] = word_at(told + 4 * (place - FROM));
        }
        sha256(link->inner, block, state);
        memcpy(block, state, sizeof state);
        for (int place = 8; place < 16; place++) block[place] = NOUGHT;
        block[8] += 0x80000000u;
        block[15] += 8 * (64 + 32);
        sha256(link->outer, block, state);
        for (int lane = 0; lane < AT_ONCE; lane++)
            for (int half = 0; half < 2; half++)
                keys[2 * (first + lane) + half] = (u64)state[2 * half][lane] << 32 | state[2 * half + 1][lane];
    }
}
