/**
 * VinePPO (A. Kazemnejad et al. 2024, arXiv 2410.01679): PPO whose critic is sampled instead of learned. The states of a text are its prefixes, and a policy can
 * go on from any of them.
 *
 *     V(s) = mean over K of gamma^(tokens - 1) r of a completion that the policy samples from prefix s
 *     A    = r + gamma^(tokens of the stretch) V(s after it) - V(s before it), for all tokens of the stretch; V = 0 after the last
 *
 * r is the reward of the completion, given with its last token. The advantages are whitened over all tokens, as the authors' code does (McGill-NLP/VinePPO,
 * `ppo_trainer.py`); as there, what a prefix is worth is asked once for all completions that begin with it.
 *
 * Deviations: its stretches end after so many tokens, or where a text ends (`branchInterval`, `branchAfter`); theirs where a rule for solutions of mathematics
 * says so. No divergence from a reference unless klCoef asks for it (there 1e-4, in the loss).
 *
 * Reproduce: `npx cohort-rl lm train add-2digit --estimator vineppo`.
 */
import { totalTokens } from '../../advantage/completions/aggregation.ts';
import { tokenStretches, whitenTokens } from '../../advantage/completions/index.ts';
import { eachToken, writeTokenAdvantages } from './batch.ts';
import type { ThirdStop } from './groupMethods.ts';

/** The third stop of VinePPO; `values` are what {@link playBranches} found, (rows, completionLength). */
export function vinePpo(values: Float64Array): ThirdStop {
  return {
    writeAdvantages({ config, estimator: { scale }, batch, scored, tokenWeights }) {
      const { rewards, lengths } = scored;
      const known = new Float64Array(totalTokens(lengths));
      eachToken(scored, batch.spec.completionLength, (token, place) => {
        known[token] = values[place]!;
      });
      const advantages = tokenStretches({ values: known, rewards, lengths, gamma: config.gamma });
      const isWhitened = scale.by === 'batch' && config.advantageScale === undefined;
      return writeTokenAdvantages(batch, scored, tokenWeights, isWhitened ? whitenTokens(advantages, scale) : advantages);
    },
  };
}
