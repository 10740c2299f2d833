// The machine's limit for this arithmetic: multiply-adds into eight registers, factors from the first-level cache. For benchmarks.
import { madd, splat, sum4 } from './lanes';

/** `turns` times eight independent four-lane multiply-adds (64 floating-point operations each turn) on 128 bytes at `factors`. */
export function multiplyAdds(turns: i32, factors: usize): f32 {
  let c0 = splat(0), c1 = splat(1), c2 = splat(2), c3 = splat(3), c4 = splat(4), c5 = splat(5), c6 = splat(6), c7 = splat(7);
  let a = splat(1);
  do {
    c0 = madd(a, v128.load(factors), c0);
    c1 = madd(a, v128.load(factors, 16), c1);
    c2 = madd(a, v128.load(factors, 32), c2);
    c3 = madd(a, v128.load(factors, 48), c3);
    c4 = madd(a, v128.load(factors, 64), c4);
    c5 = madd(a, v128.load(factors, 80), c5);
    c6 = madd(a, v128.load(factors, 96), c6);
    c7 = madd(a, v128.load(factors, 112), c7);
    a = i32x4.add(a, i32x4.splat(1)); // another factor each turn, or the products would be made once
  } while (--turns);
  return sum4(f32x4.add(f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, c3)), f32x4.add(f32x4.add(c4, c5), f32x4.add(c6, c7))));
}
