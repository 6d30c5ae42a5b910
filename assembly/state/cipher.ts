/**
 * Memory encryption as the model has it: each aligned block of 16 bytes passes through a fixed bijection chosen by
 * (ASID, SPA). So data reads back only with the same key on the same page; anything else reads as noise.
 * Simplified: hardware is AES-128 XEX with a tweak by the physical address (APM vol. 2, 15.34.1); this one is a Feistel
 * network of four rounds, a bijection by construction and of no cryptographic worth.
 */

/** The halves of the block that was last passed through. */
export let lo: u64 = 0;
export let hi: u64 = 0;

// @ts-ignore: decorator
@inline
function mix(x: u64): u64 {
  x = (x ^ (x >>> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >>> 27)) * 0x94d049bb133111eb;
  return x ^ (x >>> 31);
}

function keyFor(asid: u32, spa: u64): u64 {
  return mix(mix(<u64>asid + 0x9e3779b97f4a7c15) ^ (spa & ~15));
}

/** Plaintext to what DRAM holds. */
export function encrypt(asid: u32, spa: u64, low: u64, high: u64): void {
  const key = keyFor(asid, spa);
  low ^= mix(high ^ key);
  high ^= mix(low + key);
  low ^= mix(high ^ ~key);
  high ^= mix(low - key);
  lo = low;
  hi = high;
}

/** What DRAM holds to plaintext. */
export function decrypt(asid: u32, spa: u64, low: u64, high: u64): void {
  const key = keyFor(asid, spa);
  high ^= mix(low - key);
  low ^= mix(high ^ ~key);
  high ^= mix(low + key);
  low ^= mix(high ^ key);
  lo = low;
  hi = high;
}
