/* How many sets of four rows one core can make, with a compiler: the distance of krn_engine/bulk to it is a figure.
 *
 * PLAN is what `Limit` of tests/perf/limit.py writes: vending keys, and what else all meters of a kind share.
 * limit PLAN rows ea07|ea11 -: 256 PANs from standard input, their rows to standard output.
 * limit PLAN known|derived ea07|ea11 SECONDS: prints sets per second of processor, from decoder keys or from PANs.
 * limit PLAN job LIST FILE: the rows of a worklist of usual lines, as `krn bulk --plain` writes them.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "rows.h"
#include "keys.h"

/* Two pairs along three keys (ea07), or one change of four sections (ea11). */
typedef struct {
    int is_ea07, links;
    Link link[3];
    char said[64]; /* What a line of a worklist says from its column EA on. */
    int waiting;
    uint8_t pans[LANES][PAN_DIGITS];
    char *at[LANES]; /* Where in the file the rows of a waiting meter belong. */
} Chain;
static Chain chains[2] = {{.is_ea07 = 1, .links = 3}, {.links = 2}};
static u64 keys[3][2 * LANES];
static v planes[3][128];
static char rows[4][LANES][20];

static void refuse(const char *what) {
    fprintf(stderr, "limit: %s\n", what);
    exit(1);
}

static int bytes_of(const char *hexadecimal, uint8_t *bytes) {
    int count = (int)strlen(hexadecimal) / 2;
    for (int place = 0; place < count; place++) sscanf(hexadecimal + 2 * place, "%2hhx", bytes + place);
    return count;
}

static void read_chain(FILE *plan, Chain *chain) {
    if (fscanf(plan, "%63s", chain->said) != 1) refuse("no chain");
    for (int n = 0; n < chain->links; n++) {
        Link *link = &chain->link[n];
        char key[41], told[99];
        uint8_t bytes[20];
        if (fscanf(plan, "%40s %98s", key, told) != 2) refuse("no link");
        for (int section = 0; section < 4; section++)
            if (fscanf(plan, "%lx", (unsigned long *)&link->clear[section]) != 1) refuse("no sections");
        if (chain->is_ea07) {
            link->key = strtoul(key, NULL, 16);
            link->control = strtoul(told, NULL, 16);
            des_schedule(link->key, link->rounds);
        } else {
            bytes_of(told, link->told);
            hmac_begin(link, bytes, bytes_of(key, bytes));
        }
    }
}

static void derive(const Chain *chain) {
    if (chain->is_ea07) {
        v pans[64];
        for (int lane = 0; lane < LANES; lane++) keys[0][lane] = pan_block(chain->pans[lane]);
        to_planes(keys[0], 1, pans);
        for (int n = 0; n < chain->links; n++) dkga02(&chain->link[n], pans, planes[n]);
    } else
        for (int n = 0; n < chain->links; n++) {
            dkga04(&chain->link[n], chain->pans, keys[n]);
            for (int half = 0; half < 2; half++) to_planes(keys[n] + half, 2, planes[n] + 64 * half);
        }
}

static void take_known(const Chain *chain) {
    for (int n = 0; n < chain->links; n++)
        for (int half = 0; half < (chain->is_ea07 ? 1 : 2); half++) to_planes(keys[n] + half, 2, planes[n] + 64 * half);
}

static void make_rows(const Chain *chain) {
    if (chain->is_ea07) {
        ea07_rows(planes[0], planes[1], chain->link[1].clear, rows);
        ea07_rows(planes[1], planes[2], chain->link[2].clear, rows + 2);
    } else
        ea11_rows(planes[0], planes[1], chain->link[1].clear, rows);
}

/* The Luhn digit (ISO/IEC 7812-1 annex B). */
static int luhn(const uint8_t *digits, int count) {
    int sum = 0;
    for (int place = count - 1, twice = 1; place >= 0; place--, twice = !twice)
        sum += !twice ? digits[place] : digits[place] < 5 ? 2 * digits[place] : 2 * digits[place] - 9;
    return (10 - sum % 10) % 10;
}

static void pan_of(const char *number, int size, uint8_t pan[PAN_DIGITS]) {
    static const uint8_t iin[2][6] = {{6, 0, 0, 7, 2, 7}};
    if (size != 11 && size != 13) refuse("a number of another length");
    uint8_t *digits = pan + 17 - size;
    memcpy(pan, iin[size == 13], 6);
    for (int place = 0; place < size; place++)
        if ((digits[place] = (uint8_t)(number[place] - '0')) > 9) refuse("a number with other signs");
    if (luhn(digits, size - 1) != digits[size - 1]) refuse("a number whose check digit is another");
    pan[17] = (uint8_t)luhn(pan, 17);
}

static void settle(Chain *chain) {
    derive(chain);
    make_rows(chain);
    for (int lane = 0; lane < chain->waiting; lane++)
        for (int row = 0; row < 4; row++) memcpy(chain->at[lane] + 21 * row, rows[row][lane], 20);
    chain->waiting = 0;
}

static void job(const char *header, const char *list, const char *file) {
    enum { COLUMNS = 13, LINES = 16384, LONGEST = 256 };
    static char lines[LINES * LONGEST];
    struct stat about;
    int source = open(list, O_RDONLY), target = open(file, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (source < 0 || target < 0 || fstat(source, &about)) refuse("a file cannot be opened");
    char *text = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, source, 0), *end = text + about.st_size;
    if (text == MAP_FAILED || end[-1] != '\n') refuse("the list cannot be read");
    char *place = (char *)memchr(text, '\n', (size_t)about.st_size) + 1, *to = lines + sprintf(lines, "%s\n", header);
    while (place < end) {
        for (int n = 0; n < LINES - 1 && place < end; n++) {
            char *cell[COLUMNS + 1] = {place};
            for (int column = 1; column < COLUMNS; column++) {
                while (*place != ',' && *place != '\n') place++;
                if (*place++ != ',') refuse("a line with too few columns");
                cell[column] = place;
            }
            while (*place != '\n') place++;
            Chain *chain = chains;
            size_t said = (size_t)(place - cell[6] - (place[-1] == '\r'));
            place++;
            if (said >= sizeof chain->said) refuse("an unusual line");
            while (chain < chains + 2 && (memcmp(chain->said, cell[6], said) || chain->said[said])) chain++;
            if (chain == chains + 2 || place - cell[0] > LONGEST - 84) refuse("an unusual line");
            pan_of(cell[1], (int)(cell[2] - cell[1]) - 1, chain->pans[chain->waiting]);
            static const int shown[] = {0, 1, 5, 10};
            for (int column = 0; column < 4; column++) {
                size_t size = (size_t)(cell[shown[column] + 1] - cell[shown[column]]);
                memcpy(to, cell[shown[column]], size);
                to += size;
            }
            chain->at[chain->waiting++] = to;
            to[20] = to[41] = to[62] = ',';
            to[83] = '\n';
            to += 84;
            if (chain->waiting == LANES) settle(chain);
        }
        for (int n = 0; n < 2; n++)
            if (chains[n].waiting) settle(&chains[n]);
        if (write(target, lines, (size_t)(to - lines)) != to - lines) refuse("the file cannot be written");
        to = lines;
    }
    if (fsync(target) || close(target)) refuse("the file cannot be written");
}

static double now(void) {
    struct timespec at;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return (double)at.tv_sec + 1e-9 * (double)at.tv_nsec;
}

static void rate(Chain *chain, int derived, double seconds) {
    u64 seed = 1, done = 0;
    for (int n = 0; n < 3 * 2 * LANES; n++)
        keys[n / (2 * LANES)][n % (2 * LANES)] = seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    for (int lane = 0; lane < LANES; lane++)
        for (int digit = 0; digit < PAN_DIGITS; digit++) chain->pans[lane][digit] = (uint8_t)(lane * 7 + digit) % 10;
    double start = now(), spent;
    do {
        for (int n = 0; n < 8; n++, done += LANES) {
            /* Another input each time. */
            keys[0][n] ^= (u64)rows[0][0][19] << n;
            chain->pans[n][17 - n] = (uint8_t)(rows[0][0][19] - '0') % 10;
            if (derived)
                derive(chain);
            else
                take_known(chain);
            make_rows(chain);
        }
        spent = now() - start;
    } while (spent < seconds);
    printf("%.0f\n", (double)done / spent);
}

int main(int count, char **words) {
    char header[256];
    FILE *plan = count == 5 ? fopen(words[1], "r") : NULL;
    if (!plan || fscanf(plan, "%255s", header) != 1) refuse("no plan");
    for (int n = 0; n < 2; n++) read_chain(plan, &chains[n]);
    if (!strcmp(words[2], "job")) {
        job(header, words[3], words[4]);
        return 0;
    }
    Chain *chain = &chains[!strcmp(words[3], "ea11")];
    if (strcmp(words[2], "rows")) {
        rate(chain, !strcmp(words[2], "derived"), atof(words[4]));
        return 0;
    }
    for (int lane = 0; lane < LANES; lane++)
        for (int digit = 0; digit < PAN_DIGITS; digit++)
            if (scanf("%1hhu", &chain->pans[lane][digit]) != 1) refuse("too few PANs");
    derive(chain);
    make_rows(chain);
    for (int lane = 0; lane < LANES; lane++)
        for (int row = 0; row < 4; row++) printf("%.20s%c", rows[row][lane], row == 3 ? '\n' : ' ');
    return 0;
}
