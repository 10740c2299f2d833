// Shows a game of one's own, with all that an environment may say of itself: Breakout on a board of 10 x 10 cells.
//
//   npx cohort-rl train examples/breakout.js --run-dir runs/breakout
//   npx cohort-rl watch runs/breakout --module examples/breakout.js
//
// The rules are those of MinAtar (K. Young, T. Tian, 2019, arXiv 1903.03176). What differs: every brick that the ball meets breaks, also
// in two steps in a row; episodes are cut after 1000 steps; there are only the three actions that do something.
import { box, createGenerator, discrete } from 'cohort-rl';

const size = 10;
const firstBricks = 1;
const lastBricks = 3;
const lowest = size - 1;

/** What each hundred numbers of the observation show: 1 where it is, 0 elsewhere. */
const planes = {
  paddle: 'the paddle is in this cell of the lowest row',
  ball: 'the ball is in this cell',
  trail: 'the ball was in this cell a step before: together they tell its direction',
  brick: 'a brick is in this cell',
};

/** The ball flies on diagonals, turns around at walls, bricks and the paddle, and breaks the bricks. The player moves the paddle. */
export default class Breakout {
  static description = 'Break bricks with a ball that must not fall past the paddle, by the rules of MinAtar';
  static maxEpisodeSteps = 1000;
  static options = {
    stickyActionProbability: { kind: 'probability', default: 0.1, meaning: 'how often the action before is taken again' },
    maxEpisodeSteps: { kind: 'steps', default: 1000, meaning: 'steps after which an episode is truncated' },
  };
  static observation = Object.entries(planes).flatMap(([name, meaning]) =>
    Array.from({ length: size * size }, (_, cell) => ({
      name: `${name} r${Math.floor(cell / size)}c${cell % size}`,
      meaning,
      min: 0,
      max: 1,
    })),
  );
  static action = [
    { name: 'stay', meaning: 'the paddle stays' },
    { name: 'left', meaning: 'the paddle moves one cell to the left' },
    { name: 'right', meaning: 'the paddle moves one cell to the right' },
  ];
  static rewards = '1 for every brick.';
  static episodeEnd = 'Terminated when the ball falls past the paddle. Truncated after 1000 steps.';
  static recipes = [
    {
      algorithm: 'gpg',
      name: 'default',
      description: '0.8 M steps, 64 environments',
      config: { numEnvs: 64, numSteps: 128, iterations: 100, learningRate: 0.002 },
    },
  ];

  observationSpace = box(0, 1, [Object.keys(planes).length, size, size]);
  actionSpace = discrete(3);
  #random = createGenerator(0);
  /** 1 where a brick is, by row * 10 + column. */
  #bricks = new Uint8Array(size * size);
  /** Columns and rows count from the top left; `down` and `right` are 1 or -1. */
  #ball = { row: 0, column: 0, down: 1, right: 1 };
  #trail = 0;
  #paddle = 0;
  #lastAction = 0;
  #steps = 0;

  constructor({ stickyActionProbability = 0.1, maxEpisodeSteps = 1000 } = {}) {
    this.stickyActionProbability = stickyActionProbability;
    this.maxEpisodeSteps = maxEpisodeSteps;
  }

  reset({ seed } = {}) {
    if (seed !== undefined) this.#random = createGenerator(seed);
    const right = this.#random.integers(0, 2) === 0 ? 1 : -1;
    this.#ball = { row: lastBricks, column: right > 0 ? 0 : size - 1, down: 1, right };
    this.#trail = this.#cellOfBall();
    this.#paddle = 4;
    this.#lastAction = 0;
    this.#steps = 0;
    this.#layBricks();
    return { observation: this.#observe(), info: {} };
  }

  step(action) {
    const taken = this.#random.random() < this.stickyActionProbability ? this.#lastAction : action;
    this.#lastAction = taken;
    if (taken === 1) this.#paddle = Math.max(this.#paddle - 1, 0);
    if (taken === 2) this.#paddle = Math.min(this.#paddle + 1, size - 1);
    this.#trail = this.#cellOfBall();
    const event = this.#fly();
    const truncated = ++this.#steps >= this.maxEpisodeSteps;
    return { observation: this.#observe(), reward: event === 'broke' ? 1 : 0, terminated: event === 'fell', truncated, info: {} };
  }

  /** Moves the ball by one cell; what happened. */
  #fly() {
    const ball = this.#ball;
    const from = ball.column;
    const to = from + ball.right;
    // At a side wall the ball falls or rises straight for one step.
    if (to < 0 || to >= size) ball.right *= -1;
    else ball.column = to;
    const row = ball.row + ball.down;
    if (row < 0) ball.down = 1;
    else if (this.#bricks[row * size + ball.column] === 1) {
      this.#bricks[row * size + ball.column] = 0;
      ball.down *= -1;
      return 'broke';
    } else if (row === lowest) {
      if (!this.#bricks.includes(1)) this.#layBricks();
      // The paddle is below the ball: it goes on sideways. The paddle is where the ball arrives: it goes back where it came from.
      if (this.#paddle !== from && this.#paddle !== ball.column) {
        ball.row = row;
        return 'fell';
      }
      if (this.#paddle !== from) ball.right *= -1;
      ball.down = -1;
    } else ball.row = row;
    return 'flew';
  }

  #layBricks() {
    this.#bricks.fill(1, firstBricks * size, (lastBricks + 1) * size);
  }

  #cellOfBall() {
    return this.#ball.row * size + this.#ball.column;
  }

  #observe() {
    const observation = new Float32Array(4 * size * size);
    observation[lowest * size + this.#paddle] = 1;
    observation[size * size + this.#cellOfBall()] = 1;
    observation[2 * size * size + this.#trail] = 1;
    observation.set(this.#bricks, 3 * size * size);
    return observation;
  }

  // With these two a run that was stopped goes on to the same bits.
  getState() {
    const { row, column, down, right } = this.#ball;
    const game = Int32Array.of(row, column, down, right, this.#trail, this.#paddle, this.#lastAction, this.#steps);
    return { game, bricks: this.#bricks.slice(), generator: this.#random.getState() };
  }

  setState(state) {
    const { game, bricks, generator } = state;
    const [row, column, down, right, trail, paddle, lastAction, steps] = game;
    this.#ball = { row, column, down, right };
    this.#trail = trail;
    this.#paddle = paddle;
    this.#lastAction = lastAction;
    this.#steps = steps;
    this.#bricks.set(bricks);
    this.#random.setState(generator);
  }

  // What `watch` and `record` draw: a board of letters.
  scene() {
    const letters = Array.from(this.#bricks, (brick, cell) => (brick === 1 ? 'brs'[Math.floor(cell / size) - firstBricks] : ' '));
    if (letters[this.#trail] === ' ') letters[this.#trail] = '.';
    letters[this.#cellOfBall()] = 'o';
    letters[lowest * size + this.#paddle] = '=';
    const rows = Array.from({ length: size }, (_, row) => letters.slice(row * size, (row + 1) * size).join(''));
    return { kind: 'board', rows, pieces, stepsPerSecond: 12 };
  }
}

const pieces = {
  b: { color: 'red' },
  r: { color: 'amber' },
  s: { color: 'green' },
  '=': { color: 'blue' },
  o: { color: 'ink', shape: 'disc' },
  '.': { color: 'pale', shape: 'disc' },
};
