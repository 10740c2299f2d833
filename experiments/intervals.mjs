/**
 * Means with intervals by Student's t, for a few seeds.
 */

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Probability that |t| with so many degrees of freedom is at most `t`; Abramowitz and Stegun 26.7.3 and 26.7.4. */
function withinT(t, degrees) {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k < degrees; k += 2) {
    term *= ((k - 1) / k) * cosine * cosine;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}

/** Half the width of a two-sided interval in standard errors: 2.776 for 0.95 and 4 degrees of freedom. */
export function quantileT(confidence, degrees) {
  let [low, high] = [0, 1e4];
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (withinT(middle, degrees) < confidence) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Mean of independent values, and half the width of its interval; NaN for fewer than two. */
export function meanInterval(values, confidence = 0.95) {
  const n = values.length;
  const middle = mean(values);
  if (n < 2) return { mean: middle, half: Number.NaN };
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (n - 1);
  return { mean: middle, half: quantileT(confidence, n - 1) * Math.sqrt(variance / n) };
}
