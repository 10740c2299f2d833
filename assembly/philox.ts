// The counter-based generator of the learner.

/**
 * The four words of the Philox 4x32-10 block with counter [c0, c1, c2, (stream << 24) | block]. J. K. Salmon et al.,
 * "Parallel Random Numbers: As Easy as 1, 2, 3" (SC 2011); the same as src/random/philox.ts.
 */
export function philoxBlock(key0: u32, key1: u32, counter0: u32, counter1: u32, counter2: u32, stream: u32, block: u32): v128 {
  let c0 = counter0, c1 = counter1, c2 = counter2;
  let c3 = (stream << 24) | block;
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
  const low = i32x4.replace_lane(i32x4.splat(<i32>c0), 1, <i32>c1);
  return i32x4.replace_lane(i32x4.replace_lane(low, 2, <i32>c2), 3, <i32>c3);
}

/** Word `index` of the stream whose blocks {@link philoxBlock} gives, four words a block. */
export function philox(key0: u32, key1: u32, counter0: u32, counter1: u32, counter2: u32, stream: u32, index: u32): u32 {
  const words = philoxBlock(key0, key1, counter0, counter1, counter2, stream, index >> 2);
  const low = index & 1 ? i32x4.extract_lane(words, 1) : i32x4.extract_lane(words, 0);
  const high = index & 1 ? i32x4.extract_lane(words, 3) : i32x4.extract_lane(words, 2);
  return <u32>(index & 2 ? high : low);
}
