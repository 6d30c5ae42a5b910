/*
 * The machine of assembly/ in C, as far as the sweeps of the bench go: the same data structures (16-byte RMP entries,
 * region counts, sparse page tables), the same walks, the same checks in the same order with the same switches, the same
 * 88-byte events and 32-byte journal records; no explain mode. Built by bench/native.ts with gcc -O2.
 * Operations are exported, as the core's are, and not inlined into the sweeps: else gcc compiles them for the sweeps' constants.
 * Events are written field by field: copying a struct just written byte by byte stalls.
 *
 *   native PAGES EVENT_ROOM    reads lines "op from count value", "record 0|1", "forget" and "hash rmp|events";
 *                              answers each with one line: "nanoseconds done", or the value.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;

#define OPERATION __attribute__((noinline))
#define FRAME 0x000ffffffffff000ull
#define NOWHERE (~0ull)

/* numbers of assembly/abi.ts */
enum { OP_PVALIDATE = 1, OP_RMPUPDATE = 4, OP_GUEST_READ = 8, OP_GUEST_WRITE = 9, OP_NPT_MAP = 13 };
enum { DONE, STATUS, GP, PF, VC, NPF_EXIT, NO_EVENTS = 9, NO_JOURNAL, NO_TABLES };
enum { ASSIGNED = 1, LARGE = 2, IMMUTABLE = 4, VMSA = 8, VALIDATED = 16 };
enum { CHECK_OWNED, CHECK_REVERSE, CHECK_VALIDATED, CHECK_VMPL, CHECK_IMMUTABLE, CHECK_SIZE, CHECK_PVALIDATE_VMPL0,
       CHECK_RESETS = 9, CHECK_HOST_WRITE = 10 };
enum { P = 1ull << 0, RW = 1ull << 1, US = 1ull << 2 };
#define RMP_BIT (1ull << 31)
#define FINAL (1ull << 32)
#define ENC (1ull << 34)
#define SIZEM (1ull << 35)
#define VMPL_BIT (1ull << 36)
#define RMP_FAULT (P | RMP_BIT | FINAL | ENC)

struct entry { u64 head; u8 perms[4]; u32 asid; };
struct cell { u64 key, large; u64 *node; u64 unused; };
struct record { u32 kind, where; u8 bytes[16]; u8 before, after, unused[6]; };
struct event {
  u8 op, actor, vmpl, cpl, vcpu, outcome, cf, in_use;
  u32 asid, eax, rule, journal;
  u64 a, b, c, d;
  union { u64 error, value; };
  union { u64 address, value2; };
  u64 gpa, spa;
};

static u32 pages, covered, full = 0x1f;
static struct entry *rmp;
static u32 *regions;
static struct cell *directory;
static u32 directory_mask, cells_used, node_room, nodes_used;
static u64 *nodes;

static struct event *events;
static struct record *journal;
static u32 event_room, journal_room, step, records;
static bool recording, exhausted;

/* who acts */
static u32 actor, vcpu, asid, vmpl, cpl, in_use, off;
static u64 vmsa[8];

/* the operation that runs, and how it came out */
static struct event now;

/* ---- journal -------------------------------------------------------------------------------------------------------- */

enum { CHANGE_ENTRY, CHANGE_REGION, CHANGE_BLOCK };

static void save(u32 kind, u32 where, const void *at) {
  if (!recording) return;
  struct record *r = &journal[records++];
  r->kind = kind;
  r->where = where;
  memcpy(r->bytes, at, 16);
}

static bool begin(u8 op, u64 a, u64 b, u64 c, u64 d) {
  now.outcome = DONE;
  if (!recording) return true;
  now.op = op;
  now.a = a, now.b = b, now.c = c, now.d = d;
  now.eax = now.cf = now.rule = 0;
  now.error = now.address = 0;
  now.gpa = now.spa = NOWHERE;
  if (step >= event_room) now.outcome = NO_EVENTS;
  else if (records + 2048 > journal_room) now.outcome = NO_JOURNAL;
  return now.outcome == DONE;
}

static u32 finish(void) {
  if (recording && now.outcome < NO_EVENTS) {
    struct event *e = &events[step++];
    e->op = now.op, e->actor = actor, e->vmpl = vmpl, e->cpl = cpl, e->vcpu = vcpu;
    e->outcome = now.outcome, e->cf = now.cf, e->in_use = in_use;
    e->asid = asid, e->eax = now.eax, e->rule = now.rule, e->journal = records;
    e->a = now.a, e->b = now.b, e->c = now.c, e->d = now.d;
    e->error = now.error, e->address = now.address, e->gpa = now.gpa, e->spa = now.spa;
  }
  return now.outcome;
}

/* ---- how an operation comes out --------------------------------------------------------------------------------------- */

static bool rung(u32 rule, bool holds) {
  if (!holds) now.rule = rule;
  return holds;
}

static bool is_off(u32 check) { return off >> check & 1; }
static bool switched(u32 rule, u32 check, bool holds) { return holds || is_off(check) || rung(rule, false); }
static bool out(u8 outcome, u64 error, u64 address) {
  now.outcome = outcome, now.error = error, now.address = address;
  return false;
}
static bool gp(void) { return out(GP, 0, now.address); }
static bool pf(u64 code, u64 cr2) { return out(PF, code, cr2); }
static bool npf(u64 info, u64 gpa) { return out(NPF_EXIT, info | US, gpa & FRAME); }
static bool status(u32 code) {
  now.outcome = STATUS, now.eax = code;
  return false;
}

/* ---- page tables ------------------------------------------------------------------------------------------------------ */

enum { NESTED, GUEST };
enum { GPT_C = 1, GPT_P = 2, GPT_W = 4, GPT_U = 8, GPT_X = 16 };
enum { LEAF_W = 1, LEAF_X = 2, LEAF_PRESENT = 4, LEAF_RESERVED = 16 };

static u64 key_of(u64 kind, u32 id, u64 address) {
  return kind << 63 | (u64)id << 32 | (address >> 21 & 0x7fffffff) | 0x80000000;
}

static u32 slot_of(u64 key) { return (u32)(key * 0x9e3779b97f4a7c15ull >> 40) & directory_mask; }

/* the regions that were looked for last, one of each kind: key, and cell or none */
static struct { u64 key; struct cell *cell; } last[2];

static struct cell *probe(u64 key) {
  for (u32 slot = slot_of(key);; slot = (slot + 1) & directory_mask) {
    struct cell *cell = &directory[slot];
    if (cell->key == key) return cell;
    if (cell->key == 0) return NULL;
  }
}

static struct cell *find_cell(u64 kind, u32 id, u64 address) {
  u64 key = key_of(kind, id, address);
  if (last[kind].key == key) return last[kind].cell;
  last[kind].key = key;
  return last[kind].cell = probe(key);
}

static struct cell *make_cell(u64 kind, u32 id, u64 address) {
  if (cells_used >= (directory_mask >> 2) * 3) {
    exhausted = true;
    return NULL;
  }
  u64 key = key_of(kind, id, address);
  u32 slot = slot_of(key);
  while (directory[slot].key) slot = (slot + 1) & directory_mask;
  cells_used++;
  last[NESTED].key = last[GUEST].key = 0;
  save(CHANGE_BLOCK, slot, &directory[slot]);
  directory[slot].key = key;
  return &directory[slot];
}

static u64 *small_leaf(struct cell *cell, u64 address) { return cell->node ? &cell->node[address >> 12 & 511] : NULL; }

static void put_small(u64 kind, u32 id, u64 address, u64 leaf) {
  struct cell *cell = find_cell(kind, id, address);
  if (!cell) cell = make_cell(kind, id, address);
  if (!cell) return;
  if (cell->large) {
    save(CHANGE_BLOCK, cell - directory, cell);
    cell->large = 0;
  }
  if (!cell->node) {
    if (nodes_used >= node_room) {
      exhausted = true;
      return;
    }
    save(CHANGE_BLOCK, cell - directory, &cell->node);
    cell->node = nodes + (u64)nodes_used++ * 512;
  }
  u64 *at = small_leaf(cell, address);
  if (*at == leaf) return;
  save(CHANGE_BLOCK, (u32)(address >> 12), (void *)((uintptr_t)at & ~15ull));
  *at = leaf;
}

static u64 nested_leaf(u32 id, u64 gpa, bool *large) {
  *large = false;
  struct cell *cell = find_cell(NESTED, id, gpa);
  if (!cell) return 0;
  if (cell->large) {
    *large = true;
    return cell->large;
  }
  u64 *leaf = small_leaf(cell, gpa);
  return leaf ? *leaf : 0;
}

static u64 leaf_spa(u64 leaf, u64 gpa, bool large) { return (leaf & FRAME) + (large ? gpa & 0x1ff000 : 0); }

static u64 guest_leaf(u32 id, u64 gva) {
  struct cell *cell = find_cell(GUEST, id, gva);
  u64 *leaf = cell ? small_leaf(cell, gva) : NULL;
  return leaf && *leaf ? *leaf : (gva & FRAME) | GPT_C | GPT_P | GPT_W | GPT_U | GPT_X;
}

/* ---- RMP -------------------------------------------------------------------------------------------------------------- */

static bool is_covered(u64 spa) { return spa >> 12 < covered; }
static bool is_large(u64 head) { return (head & (ASSIGNED | LARGE)) == (ASSIGNED | LARGE); }
static u32 covering_of(u32 pfn) { return is_large(rmp[pfn & ~511u].head) ? pfn & ~511u : pfn; }

static u32 weight(u64 head) { return (head & ASSIGNED) | (head & IMMUTABLE) << 14; }

/* a region's count is one word for 512 entries: left alone where it stays as it is */
static void recount(u32 pfn, u64 was, u64 is) {
  if ((was ^ is) & (ASSIGNED | IMMUTABLE)) regions[pfn >> 9] += weight(is) - weight(was);
}

static u32 assigned_in(u32 pfn) { return regions[pfn >> 9] & 0xffff; }
static u32 immutable_in(u32 pfn) { return regions[pfn >> 9] >> 16; }

static void write_entry(u32 pfn, u64 head, u32 perms, u32 id) {
  struct entry *at = &rmp[pfn];
  save(CHANGE_ENTRY, pfn, at);
  u64 was = at->head;
  if (head & ASSIGNED) {
    at->head = head;
    memcpy(at->perms, &perms, 4);
    at->asid = id;
  } else {
    memset(at, 0, sizeof *at);
    at->head = head & IMMUTABLE;
  }
  recount(pfn, was, at->head);
}

/* A 2M entry and the 511 inside it; assigned or not, as head says. */
static void write_region(u32 pfn, u64 head, u32 perms, u32 id) {
  bool was_large = is_large(rmp[pfn].head);
  if (!was_large && immutable_in(pfn)) for (u32 i = 1; i < 512; i++) write_entry(pfn + i, 0, 0, 0);
  save(CHANGE_REGION, pfn, &rmp[pfn]);
  if (recording) journal[records - 1].before = was_large, journal[records - 1].after = head & ASSIGNED;
  rmp[pfn] = (struct entry){head & ASSIGNED ? head : head & IMMUTABLE, {0}, head & ASSIGNED ? id : 0};
  if (head & ASSIGNED) memcpy(rmp[pfn].perms, &perms, 4);
  for (u32 i = 1; i < 512; i++) rmp[pfn + i] = (struct entry){head & ASSIGNED, {0}, 0};
  regions[pfn >> 9] = (head & ASSIGNED ? 512 : 0) | (head & IMMUTABLE) << 14;
}

static u32 pages_in_use(u32 pfn, u32 count) {
  u32 found = 0;
  if (in_use == 0) return 0;
  for (u32 i = 0; i < 8; i++) {
    u32 at = vmsa[i] >> 12;
    if (in_use >> i & 1 && vmsa[i] & 1 && at >= pfn && at < pfn + count) found++;
  }
  return found;
}

/* ---- what a walk finds ------------------------------------------------------------------------------------------------- */

struct found { u64 gpa, head; u32 covering; bool large_leaf; };

/* APM vol. 2, table 15-39: RMP-Covered, Guest-Owned, Reverse-Map, Mutable; and no page that a vCPU has in use */
static bool owned(u64 spa, u64 bits, struct found *f) {
  if (!rung(9, is_covered(spa))) return npf(RMP_FAULT | bits, f->gpa);
  u32 pfn = spa >> 12;
  if (!rung(105, pages_in_use(pfn, 1) == 0)) return npf(RMP_FAULT | bits, f->gpa);
  f->covering = covering_of(pfn);
  struct entry *entry = &rmp[f->covering];
  f->head = entry->head;
  if (!switched(10, CHECK_OWNED, f->head & ASSIGNED)) return npf(RMP_FAULT | bits, f->gpa);
  if (!switched(11, CHECK_OWNED, entry->asid == asid)) return npf(RMP_FAULT | bits, f->gpa);
  u64 named = (f->head & FRAME) + ((u64)(pfn - f->covering) << 12);
  if (!switched(12, CHECK_REVERSE, named == f->gpa)) return npf(RMP_FAULT | bits, f->gpa);
  if (!switched(13, CHECK_IMMUTABLE, !(f->head & IMMUTABLE))) return npf(RMP_FAULT | bits, f->gpa);
  return true;
}

static bool walk_private(u64 gva, struct found *f) {
  u64 leaf = guest_leaf(asid, gva);
  if (!rung(1, leaf & GPT_P)) return pf(0, gva);
  if (!rung(5, leaf & GPT_C)) return pf(9, gva);
  f->gpa = leaf & FRAME;
  now.gpa = f->gpa | 1;
  u64 nested = nested_leaf(asid, f->gpa, &f->large_leaf);
  if (!rung(6, nested)) return npf(FINAL | ENC, f->gpa);
  if (!rung(104, !(nested & LEAF_RESERVED))) return out(VC, 0x400, gva);
  u64 spa = leaf_spa(nested, f->gpa, f->large_leaf);
  now.spa = spa & FRAME;
  return owned(spa, 0, f);
}

/* ---- instructions ------------------------------------------------------------------------------------------------------- */

static bool pvalidate_ladder(u64 gva, bool large, u32 validate) {
  struct found f;
  if (!rung(24, cpl == 0)) return gp();
  if (!switched(25, CHECK_PVALIDATE_VMPL0, vmpl == 0)) return gp();
  if (!rung(26, !large || !(gva & 0x1ff000))) return status(1);
  if (!walk_private(gva, &f)) return false;
  bool large_entry = f.head & LARGE;
  if (!switched(14, CHECK_SIZE, large || !large_entry)) return npf(P | RMP_BIT | ENC | SIZEM, f.gpa);
  if (!switched(15, CHECK_SIZE, !(!large && !large_entry && f.large_leaf))) return npf(RMP_FAULT, f.gpa);
  if (!switched(16, CHECK_SIZE, !large || (large_entry && f.large_leaf))) return status(6);
  u32 valid = f.head & VALIDATED ? 1 : 0;
  if (!rung(27, valid != validate)) {
    now.cf = 1;
    return true;
  }
  struct entry *at = &rmp[f.covering];
  u32 perms;
  memcpy(&perms, at->perms, 4);
  write_entry(f.covering, validate ? f.head | VALIDATED : f.head & ~(u64)VALIDATED, perms, at->asid);
  return true;
}

OPERATION u32 pvalidate(u64 gva, u32 size, u32 validate) {
  if (begin(OP_PVALIDATE, gva, size, validate, 0)) pvalidate_ladder(gva & ~4095ull, size, validate);
  return finish();
}

static bool rmpupdate_ladder(u64 spa, u64 gpa, u32 id, u32 assigned, u32 immutable, bool large) {
  if (!rung(36, !(spa & 4095))) return status(1);
  if (!rung(37, !large || !(spa & 0x1fffff))) return status(1);
  if (!rung(38, assigned || (!immutable && !id))) return status(1);
  if (!rung(39, is_covered(spa))) return status(1);
  u32 pfn = spa >> 12;
  struct entry *at = &rmp[pfn];
  u64 old = at->head;
  if (!switched(40, CHECK_IMMUTABLE, !(old & IMMUTABLE))) return status(2);
  bool region_large = is_large(rmp[pfn & ~511u].head);
  if (!rung(41, large || !region_large)) return status(4);
  bool fresh = large && !region_large;
  if (!rung(42, !fresh || assigned_in(pfn) == 0)) return status(4);
  if (!switched(43, CHECK_IMMUTABLE, !fresh || immutable_in(pfn) == 0)) return status(2);
  if (!rung(44, pages_in_use(pfn, large ? 512 : 1) == 0)) return status(3);

  u64 next = 0;
  u32 perms = 0;
  if (assigned) {
    next = (gpa & FRAME) | ASSIGNED | (immutable ? IMMUTABLE : 0) | (large ? LARGE : 0);
    u64 was = (old & (FRAME | ASSIGNED | LARGE)) | IMMUTABLE;
    if ((next | IMMUTABLE) == was && id == at->asid && id != 0) {
      next |= old & (VALIDATED | VMSA);
      memcpy(&perms, at->perms, 4);
    } else {
      if (is_off(CHECK_RESETS)) next |= old & VALIDATED;
      perms = full;
    }
  }
  if (large) write_region(pfn, next, perms, id);
  else write_entry(pfn, next, perms, id);
  return true;
}

OPERATION u32 rmpupdate(u64 spa, u64 gpa, u32 id, u32 assigned, u32 immutable, u32 size) {
  if (begin(OP_RMPUPDATE, spa, gpa, id, assigned | immutable << 1 | size << 2))
    rmpupdate_ladder(spa, gpa, id, assigned, immutable, size);
  return finish();
}

static bool access(u64 gva, bool write) {
  struct found f;
  bool user = cpl == 3;
  u64 code = (write ? 2 : 0) | (user ? 4 : 0);
  u64 leaf = guest_leaf(asid, gva);
  if (!rung(1, leaf & GPT_P)) return pf(code, gva);
  if (!rung(2, !user || leaf & GPT_U)) return pf(code | P, gva);
  if (write && !rung(3, leaf & GPT_W)) return pf(code | P, gva);
  f.gpa = leaf & FRAME;
  bool c = leaf & GPT_C;
  now.gpa = f.gpa | c;

  u64 bits = write ? RW : 0;
  u64 missing = FINAL | (c ? ENC : 0) | bits;
  u64 nested = nested_leaf(asid, f.gpa, &f.large_leaf);
  if (!rung(6, nested)) return npf(missing, f.gpa);
  if (!rung(104, !(nested & LEAF_RESERVED))) return out(VC, 0x400, gva);
  if (write && !rung(7, nested & LEAF_W)) return npf(missing | P, f.gpa);
  u64 spa = leaf_spa(nested, f.gpa, f.large_leaf);
  now.spa = spa & FRAME;
  if (!c) {
    if (!write) return true;
    bool taken = is_covered(spa) && (f.large_leaf ? assigned_in(spa >> 12) : rmp[spa >> 12].head & ASSIGNED);
    return switched(22, CHECK_HOST_WRITE, !taken) || npf(missing | P | RMP_BIT, f.gpa);
  }
  if (!owned(spa, bits, &f)) return false;
  if (!switched(17, CHECK_SIZE, !(f.head & LARGE) == !f.large_leaf)) return npf(RMP_FAULT | bits, f.gpa);
  if (!switched(18, CHECK_VALIDATED, f.head & VALIDATED)) return out(VC, 0x404, gva);
  u32 needed = write ? 3 : 1;
  if (!switched(write ? 20 : 19, CHECK_VMPL, (rmp[f.covering].perms[vmpl] & needed) == needed))
    return npf(RMP_FAULT | VMPL_BIT | bits, f.gpa);
  return true;
}

/* Machines of a sweep hold no page contents: a read gives 0, a write goes nowhere. */
OPERATION u32 guest_read(u64 gva, u32 length) {
  if (begin(OP_GUEST_READ, gva, length, 0, 0) && access(gva, false)) now.value = 0;
  return finish();
}

OPERATION u32 guest_write(u64 gva, u32 length, u64 value) {
  if (begin(OP_GUEST_WRITE, gva, length, value, 0)) access(gva, true);
  return finish();
}

OPERATION u32 npt_map(u64 gpa, u64 spa) {
  if (begin(OP_NPT_MAP, gpa, spa, 0, 3)) put_small(NESTED, asid, gpa, (spa & FRAME) | LEAF_PRESENT | LEAF_W | LEAF_X);
  return finish();
}

/* ---- sweeps ------------------------------------------------------------------------------------------------------------- */

static u32 sweep(u32 op, u32 from, u32 count, u32 value) {
  u32 done = 0;
  for (u32 pfn = from; pfn < from + count; pfn++) {
    u64 at = (u64)pfn << 12;
    switch (op) {
      case OP_RMPUPDATE: done += rmpupdate(at, at, value, 1, 0, 0) == DONE; break;
      case OP_PVALIDATE: done += pvalidate(at, 0, value) == DONE; break;
      case OP_GUEST_READ: done += guest_read(at, 8) == DONE; break;
      case OP_GUEST_WRITE: done += guest_write(at, 8, value) == DONE; break;
      case OP_NPT_MAP: done += npt_map(at, at) == DONE; break;
    }
  }
  return done;
}

/* FNV-1a over 32-bit words: the bench compares it with the other side's */
static u32 hash(const void *from, u64 bytes) {
  const u32 *word = from;
  u32 h = 2166136261u;
  for (u64 i = 0; i < bytes / 4; i++) h = (h ^ word[i]) * 16777619u;
  return h;
}

static void *zeroed(u64 count, u64 size) {
  void *at = calloc(count ? count : 1, size);
  if (!at) exit(3);
  return at;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  pages = covered = strtoul(argv[1], NULL, 10);
  event_room = strtoul(argv[2], NULL, 10);
  journal_room = event_room ? event_room + 4096 : 0;
  u32 region_count = (pages + 511) >> 9, cells = 16384;
  while (cells < region_count * 4) cells <<= 1;
  directory_mask = cells - 1;
  node_room = region_count + 2048;
  rmp = zeroed(pages, sizeof *rmp);
  regions = zeroed(region_count, 4);
  directory = zeroed(cells, sizeof *directory);
  nodes = zeroed(node_room, 4096);
  events = zeroed(event_room, sizeof *events);
  journal = zeroed(journal_room, sizeof *journal);

  char line[256], word[16];
  u32 op, from, count, value;
  while (fgets(line, sizeof line, stdin)) {
    if (sscanf(line, "%u %u %u %u", &op, &from, &count, &value) == 4) {
      struct timespec t0, t1;
      asid = op == OP_RMPUPDATE ? 0 : 1;
      actor = op == OP_RMPUPDATE || op == OP_NPT_MAP ? 1 : 0;
      clock_gettime(CLOCK_MONOTONIC, &t0);
      u32 done = sweep(op, from, count, value);
      clock_gettime(CLOCK_MONOTONIC, &t1);
      printf("%lld %u\n", (t1.tv_sec - t0.tv_sec) * 1000000000ll + (t1.tv_nsec - t0.tv_nsec), done);
    } else if (sscanf(line, "record %u", &value) == 1) {
      recording = value;
      printf("%u\n", value);
    } else if (sscanf(line, "hash %15s", word) == 1) {
      printf("%u\n", strcmp(word, "rmp") ? hash(events, (u64)step * sizeof *events) : hash(rmp, (u64)pages * 16));
    } else if (!strncmp(line, "forget", 6)) {
      step = records = 0;
      printf("0\n");
    } else {
      return 2;
    }
    fflush(stdout);
  }
  return exhausted ? 4 : 0;
}
