/**
 * How servers add up what sequences say. The paper's loss is a mean over all tokens of a batch (arXiv 2504.02546, equation 5), which is in the advantages already, with alpha and
 * F_norm: all that is asked of a server is the sum. One that divides gets its divisor back, in the advantages.
 */

/** A server's arithmetic, by its name in the configuration. */
export const serverNormalizations = {
  /** Adds up all positions of all sequences: Tinker itself. */
  sum: () => 1,
  /** Divides by the positions of a sequence, then by the number of sequences: SkyRL's JAX backend (`skyrl/backends/jax.py`), where no weights are sent. */
  'mean-per-sequence': (positions: number, sequences: number) => positions * sequences,
} as const satisfies Readonly<Record<string, (positions: number, sequences: number) => number>>;

/** One of {@link serverNormalizations}. */
export type ServerNormalization = keyof typeof serverNormalizations;
