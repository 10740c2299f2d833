/** A module of a user: a point that drifts on a line, steered left or right. */
export default ({ registerEnv, registerAlgorithm, algorithms, box, createEnvGenerator, TimeLimit, discrete }) => {
  const observationSpace = box(-10, 10, [2]);
  const actionSpace = discrete(3, 5);

  class Drift {
    observationSpace = observationSpace;
    actionSpace = actionSpace;
    #generator = createEnvGenerator(0);
    #state = new Float64Array(2);

    reset({ seed } = {}) {
      if (seed !== undefined) this.#generator = createEnvGenerator(seed);
      this.#state.set([this.#generator.uniform(-1, 1), 0]);
      return { observation: Float32Array.from(this.#state), info: {} };
    }

    step(action) {
      const state = this.#state;
      state[1] += 0.25 * (action - 6) + this.#generator.uniform(-0.1, 0.1);
      state[0] += state[1];
      const terminated = Math.abs(state[0]) > 3;
      return { observation: Float32Array.from(state), reward: terminated ? -1 : 0.1, terminated, truncated: false, info: {} };
    }

    getState() {
      return { state: this.#state.slice(), generator: this.#generator.getState() };
    }

    setState({ state, generator }) {
      this.#state.set(state);
      this.#generator.setState(generator);
    }
  }

  registerEnv({
    id: 'Drift-v0',
    description: 'Keep a drifting point on a line near its middle',
    observationSpace,
    actionSpace,
    worthThreads: true,
    make: ({ maxEpisodeSteps = 20 } = {}) => new TimeLimit(new Drift(), maxEpisodeSteps),
  });
  registerAlgorithm({ ...algorithms.gpg, name: 'gpg-again' });
};
