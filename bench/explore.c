/*
 * The search of assembly/explore once more, in C: every state of a small machine, breadth first, a bit a state, the same
 * tables. What a move makes of an entry is written down here and not taken from the instructions, so equal counts mean
 * something.
 *
 *   explore PAGES GPAS VMPLS MASK...      one guest, all checks on
 *
 * Searches once for each line on stdin, and prints "states transitions nanoseconds".
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST = 8, FULL = 0x1f, ALIAS = 1 };

struct row {
  uint32_t count, transitions, broken, reached;
  int32_t delta[48];
};

static uint32_t pages, gpas, vmpls, mask_count, masks[32];
/* number of an entry: 0 unassigned, else 1 + (gpa * 2 + validated) * patterns + pattern of masks, VMPL1 first */
static uint32_t patterns, entries;
static struct row *host, *guest;
static uint32_t page_weight[MOST], gpa_weight[MOST];
static uint64_t *seen, states_possible;
static uint32_t *queue, count;

static uint32_t power(uint32_t base, uint32_t exponent) {
  uint32_t value = 1;
  while (exponent-- > 0) value *= base;
  return value;
}

/* permission mask of one VMPL in a pattern */
static uint32_t mask_of(uint32_t pattern, uint32_t vmpl) {
  return vmpl == 0 ? FULL : masks[pattern / power(mask_count, vmpl - 1) % mask_count];
}

static void take(struct row *row, uint32_t was, uint32_t is) {
  if (is == was) return;
  row->transitions++;
  int32_t delta = (int32_t)(is - was);
  for (uint32_t i = 0; i < row->count; i++) {
    if (row->delta[i] == delta) return;
  }
  row->delta[row->count++] = delta;
}

static void make_rows(void) {
  for (uint32_t entry = 0; entry < entries; entry++) {
    uint32_t pattern = entry == 0 ? 0 : (entry - 1) % patterns;
    uint32_t validated = entry == 0 ? 0 : (entry - 1) / patterns % 2;
    uint32_t own = entry == 0 ? gpas : (entry - 1) / patterns / 2;
    for (uint32_t gpa = 0; gpa < gpas; gpa++) {
      /* RMPUPDATE: an identical one changes nothing */
      if (gpa != own) take(&host[entry], entry, 1 + gpa * 2 * patterns);
      struct row *row = &guest[entry * gpas + gpa];
      if (gpa != own) continue;
      uint32_t first = 1 + own * 2 * patterns;
      take(row, entry, first + pattern);
      take(row, entry, first + patterns + pattern);
      row->reached = validated;
      for (uint32_t vmpl = 0; validated && vmpl < vmpls; vmpl++) {
        for (uint32_t target = vmpl + 1; target < vmpls; target++) {
          for (uint32_t i = 0; i < mask_count; i++) {
            if (masks[i] & ~mask_of(pattern, vmpl)) continue;
            uint32_t place = power(mask_count, target - 1);
            take(row, entry, entry + (i - pattern / place % mask_count) * place);
          }
        }
      }
    }
    take(&host[entry], entry, 0);
  }
}

static inline void visit(uint32_t state) {
  uint64_t *word = &seen[state >> 6];
  uint64_t bit = (uint64_t)1 << (state & 63);
  if (*word & bit) return;
  *word |= bit;
  queue[count++] = state;
}

static inline void follow(const struct row *row, uint32_t state, uint32_t weight) {
  for (uint32_t i = 0; i < row->count; i++) visit(state + (uint32_t)row->delta[i] * weight);
}

static uint64_t search(uint32_t *broken) {
  memset(seen, 0, (states_possible / 64 + 1) * 8);
  count = 0;
  visit(0);
  uint64_t transitions = 0;
  uint32_t bad = 0;
  for (uint32_t head = 0; head < count; head++) {
    uint32_t state = queue[head], left = state, digits[MOST], reached = 0;
    for (uint32_t page = 0; page < pages; page++) {
      uint32_t entry = left % entries;
      left /= entries;
      digits[page] = entry;
      const struct row *row = &host[entry];
      transitions += row->transitions;
      bad |= row->broken;
      follow(row, state, page_weight[page]);
    }
    for (uint32_t gpa = 0; gpa < gpas; gpa++) {
      uint32_t leaf = left % (pages + 1), weight = gpa_weight[gpa];
      left /= pages + 1;
      transitions += pages;
      for (uint32_t other = 0; other <= pages; other++) {
        if (other != leaf) visit(state + (other - leaf) * weight);
      }
      if (leaf == 0) continue;
      const struct row *row = &guest[digits[leaf - 1] * gpas + gpa];
      transitions += row->transitions;
      bad |= row->broken;
      uint32_t hit = row->reached << (leaf - 1);
      if (reached & hit) bad |= ALIAS;
      reached |= hit;
      follow(row, state, page_weight[leaf - 1]);
    }
  }
  *broken = bad;
  return transitions;
}

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  pages = (uint32_t)atoi(argv[1]);
  gpas = (uint32_t)atoi(argv[2]);
  vmpls = (uint32_t)atoi(argv[3]);
  for (int i = 4; i < argc && mask_count < 32; i++) masks[mask_count++] = (uint32_t)strtoul(argv[i], NULL, 0);
  if (pages > MOST || gpas > MOST) return 2;
  patterns = power(mask_count, vmpls - 1);
  entries = 1 + gpas * 2 * patterns;
  host = calloc(entries, sizeof *host);
  guest = calloc((size_t)entries * gpas, sizeof *guest);
  if (!host || !guest) return 2;
  make_rows();
  states_possible = 1;
  for (uint32_t page = 0; page < pages; page++) {
    page_weight[page] = (uint32_t)states_possible;
    states_possible *= entries;
  }
  for (uint32_t gpa = 0; gpa < gpas; gpa++) {
    gpa_weight[gpa] = (uint32_t)states_possible;
    states_possible *= pages + 1;
  }
  if (states_possible >> 32) return 2;
  seen = malloc((states_possible / 64 + 1) * 8);
  queue = malloc(states_possible * 4);
  if (!seen || !queue) return 2;

  for (int c; (c = getchar()) != EOF;) {
    if (c != '\n') continue;
    struct timespec from, to;
    uint32_t broken = 0;
    clock_gettime(CLOCK_MONOTONIC, &from);
    uint64_t transitions = search(&broken);
    clock_gettime(CLOCK_MONOTONIC, &to);
    uint64_t nanoseconds = (uint64_t)(to.tv_sec - from.tv_sec) * 1000000000u + (uint64_t)to.tv_nsec - (uint64_t)from.tv_nsec;
    printf("%u %llu %llu\n", count, (unsigned long long)transitions, (unsigned long long)nanoseconds);
    fflush(stdout);
    if (broken) return 1;
  }
  return 0;
}
