// Shows a custom environment: reset and step are all it takes; getState and setState would make its runs resumable.
//
//   node examples/customEnv.js
import { box, checkEnv, createGenerator, discrete, train } from 'cohort-rl';

/** A corridor of seven cells; episodes begin in the middle three. Walk right to the end; every step costs a little. */
class Corridor {
  observationSpace = box(0, 6, [1]);
  actionSpace = discrete(2);
  #generator = createGenerator(0);
  #cell = 3;
  #steps = 0;

  reset({ seed } = {}) {
    if (seed !== undefined) this.#generator = createGenerator(seed);
    this.#cell = this.#generator.integers(2, 5);
    this.#steps = 0;
    return { observation: Float32Array.of(this.#cell), info: {} };
  }

  step(action) {
    this.#cell = Math.max(0, this.#cell + (action === 1 ? 1 : -1));
    this.#steps += 1;
    const terminated = this.#cell === 6;
    return { observation: Float32Array.of(this.#cell), reward: terminated ? 1 : -0.05, terminated, truncated: this.#steps >= 50, info: {} };
  }
}

const { problems } = checkEnv(() => new Corridor());
for (const { what, fix } of problems) console.log(`${what}; ${fix}`);

const { summary } = await train({ env: () => new Corridor(), numEnvs: 16, numSteps: 64, iterations: 30, seed: 1 }).finish();
console.log(`mean return ${summary.evaluation.greedy.mean} (best possible: 0.9 on average)`);
