// The machine's limit for this arithmetic: a loop of nothing but multiply-adds in registers. For benchmarks.
import { madd, splat, sum4 } from './lanes';

/** `turns` times eight independent four-lane multiply-adds (64 floating-point operations each turn). */
export function multiplyAdds(turns: i32, seed: f32): f32 {
  let c0 = splat(0), c1 = splat(1), c2 = splat(2), c3 = splat(3), c4 = splat(4), c5 = splat(5), c6 = splat(6), c7 = splat(7);
  const a = splat(seed);
  const b = splat(seed + 1);
  do {
    c0 = madd(a, b, c0); c1 = madd(a, b, c1); c2 = madd(a, b, c2); c3 = madd(a, b, c3);
    c4 = madd(a, b, c4); c5 = madd(a, b, c5); c6 = madd(a, b, c6); c7 = madd(a, b, c7);
  } while (--turns);
  return sum4(f32x4.add(f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, c3)), f32x4.add(f32x4.add(c4, c5), f32x4.add(c6, c7))));
}
