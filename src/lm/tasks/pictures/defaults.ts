/**
 * Settings that suit prompts with pictures.
 */

/**
 * Defaults of a task with pictures: rotary positions for prompts of some fifty tokens, a rate below that of texts (5e-4 against 3e-4 and 7e-4, two seeds of
 * count-shapes), and a warm start that ends above what guessing gives; left out, the usual one.
 */
export function pictureDefaults(warmStartAccuracy?: number): Readonly<Record<string, unknown>> {
  return { ropeTheta: 10_000, learningRate: 5e-4, minValidFraction: 0, ...(warmStartAccuracy !== undefined && { warmStartAccuracy }) };
}
