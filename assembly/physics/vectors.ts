// Four numbers at once, one per lane.

@inline
export function add(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}
@inline
export function sub(a: v128, b: v128): v128 {
  return f32x4.sub(a, b);
}
@inline
export function mul(a: v128, b: v128): v128 {
  return f32x4.mul(a, b);
}
@inline
export function neg(a: v128): v128 {
  return f32x4.neg(a);
}
