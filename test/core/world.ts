/** The small world of one random case: few pages, few ASIDs, and which page was last given to whom. */
import type { Operation, PageSize } from "../../cli/operation";
import type { CaseConfig } from "../../cli/vectors";
import { CHECK_NAMES, type CheckName } from "../../web/scenario/schema";
import type { Random } from "./random";

export const PAGE = 0x1000;
export const LARGE = 0x200000;

/** A page that some guest was given, and where it believes it to be. */
export interface Held {
  asid: number;
  gpa: number;
  spa: number;
  size: PageSize;
}

/** Any machine; some without a check or with few, some with contents (these are smaller). */
export function randomConfig(random: Random): CaseConfig {
  const contents = random.chance(0.25);
  const pages = 512 * (1 + random.below(contents ? 2 : 4));
  const covered = random.chance(0.5) ? pages : pages - 512 * random.pick([0, 1, 1, pages / 512]);
  const vmpls = random.chance(0.6) ? 4 : 1 + random.below(4);
  return { pages, covered, vmpls, sss: random.chance(0.6), contents, checksOff: randomChecksOff(random) };
}

function randomChecksOff(random: Random): CheckName[] {
  if (random.chance(0.55)) return [];
  if (random.chance(0.5)) return [random.pick(CHECK_NAMES)];
  const share = random.pick([0.2, 0.5, 0.9]);
  return CHECK_NAMES.filter(() => random.chance(share));
}

export class World {
  readonly operations: Operation[] = [];
  /** pages that this case plays with */
  readonly pages: number[];
  /** what guests were given, latest last; the RMP may have refused or forgotten it since */
  readonly held: Held[] = [];

  constructor(
    readonly random: Random,
    readonly config: CaseConfig,
  ) {
    this.pages = this.hotPages();
  }

  add(...operations: Operation[]): void {
    this.operations.push(...operations);
  }

  /** First, second, last and some page of two regions, and both sides of the end of the RMP. */
  private hotPages(): number[] {
    const { random, config } = this;
    const covered = Math.max(config.covered, 512) / 512;
    const pages: number[] = [];
    for (let i = 0; i < 2; i++) {
      const first = random.below(covered) * LARGE;
      pages.push(first, first, first + PAGE, first + LARGE - PAGE, first + random.below(512) * PAGE);
    }
    const end = config.covered * PAGE;
    if (config.covered > 0) pages.push(end - PAGE);
    if (config.covered < config.pages) pages.push(end);
    return pages;
  }

  spa(): number {
    return this.random.pick(this.pages);
  }

  asid(): number {
    return this.random.pick([1, 1, 1, 1, 2, 2, 2, 3, 0x3ff, 0xffff_ffff]);
  }

  size(): PageSize {
    return this.random.chance(0.6) ? "4K" : "2M";
  }

  vmpl(): number {
    return this.random.chance(0.65) ? 0 : this.random.below(this.config.vmpls);
  }

  cpl(): number {
    return this.random.chance(0.85) ? 0 : this.random.below(4);
  }

  aligned(address: number, size: PageSize): number {
    return size === "2M" ? address - (address % LARGE) : address;
  }

  holding(): Held {
    const { random, held } = this;
    if (held.length > 0 && random.chance(0.9)) return random.pick(held.slice(-6));
    const spa = this.spa();
    return { asid: this.asid(), gpa: random.chance(0.5) ? spa : this.spa(), spa, size: this.size() };
  }

  /** Mostly the start of the page that is held; now and then inside it, beside it, or anywhere. */
  gva(held: Held): number {
    const { random } = this;
    if (random.chance(0.7)) return held.gpa;
    if (random.chance(0.3)) return held.gpa + random.below(PAGE);
    if (random.chance(0.6)) return this.aligned(held.gpa, "2M") + random.pick([0, 1, 2, 511]) * PAGE;
    return this.spa();
  }
}
