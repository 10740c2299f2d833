// The machine's limit for this arithmetic: eight multiply-adds on registers and the first-level cache, over and over. For benchmarks.
import { madd, splat, sum4 } from './lanes';

/** `turns` times eight independent four-lane multiply-adds (64 floating-point operations each turn) on 48 bytes at `factors`. */
export function multiplyAdds(turns: i32, factors: usize): f32 {
  let c00 = splat(0), c01 = splat(0), c10 = splat(0), c11 = splat(0);
  let c20 = splat(0), c21 = splat(0), c30 = splat(0), c31 = splat(0);
  do {
    const b0 = v128.load(factors), b1 = v128.load(factors, 16);
    let a = v128.load32_splat(factors, 32);
    c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
    a = v128.load32_splat(factors, 36);
    c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
    a = v128.load32_splat(factors, 40);
    c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
    a = v128.load32_splat(factors, 44);
    c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
  } while (--turns);
  return sum4(f32x4.add(f32x4.add(f32x4.add(c00, c01), f32x4.add(c10, c11)), f32x4.add(f32x4.add(c20, c21), f32x4.add(c30, c31))));
}
