// The counter-based generator of the learner.

/**
 * Word `index` of the Philox 4x32-10 stream with counter [c0, c1, c2, (stream << 24) | block], four words a block. J. K. Salmon et al.,
 * "Parallel Random Numbers: As Easy as 1, 2, 3" (SC 2011); the same as src/random/philox.ts.
 */
export function philox(key0: u32, key1: u32, counter0: u32, counter1: u32, counter2: u32, stream: u32, index: u32): u32 {
  let c0 = counter0, c1 = counter1, c2 = counter2;
  let c3 = (stream << 24) | (index >> 2);
  let k0 = key0, k1 = key1;
  for (let round = 0; round < 10; round++) {
    const p0 = <u64>c0 * 0xd2511f53, p1 = <u64>c2 * 0xcd9e8d57;
    c0 = <u32>(p1 >> 32) ^ c1 ^ k0;
    c1 = <u32>p1;
    c2 = <u32>(p0 >> 32) ^ c3 ^ k1;
    c3 = <u32>p0;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  const low = index & 1 ? c1 : c0, high = index & 1 ? c3 : c2;
  return index & 2 ? high : low;
}
