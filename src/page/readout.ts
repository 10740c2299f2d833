/** The numbers beside the picture: return, step, reward, what the policy thinks, and the last returns. */
import type { Space } from '../browser/index.ts';
import { valueCounts } from '../envs/driving.ts';
import type { Decision } from '../play/episode.ts';
import { mean } from '../statistics/index.ts';
import { byId, make, makeSvg, setText, showNumber } from './dom.ts';
import { type PlayedEpisode, type Player, softmax } from './player.ts';
import { whoPlayed } from './stretches.ts';

/** Episodes in the list, in the chart, and in the mean. */
const charted = 40;

/** Shows the numbers of a player. */
export class Readout {
  readonly #return = byId('return', HTMLElement);
  readonly #episode = byId('episode', HTMLElement);
  readonly #steps = byId('steps', HTMLElement);
  readonly #reward = byId('reward', HTMLElement);
  readonly #actions = byId('actions', HTMLOListElement);
  readonly #title = byId('actions-title', HTMLElement);
  readonly #returns = byId('returns', HTMLOListElement);
  readonly #chart = byId('chart', HTMLElement);
  readonly #mean = byId('mean', HTMLElement);
  #rows: { row: HTMLElement; fill: HTMLElement; mark: HTMLElement; value: HTMLElement }[] = [];
  #space: Space | undefined;
  #shown = 0;

  /** Makes one row per action (discrete) or per number of the action (box). */
  begin(names: readonly string[], space: Space): void {
    this.#space = space;
    const discrete = space.kind !== 'box';
    setText(this.#title, discrete ? 'Action, with probabilities' : 'Action: mean, and what is done');
    this.#rows = names.map((name) => {
      const fill = make('span', { class: 'fill' });
      const mark = make('span', { class: 'mark' });
      const value = make('span', { class: 'value' });
      const bar = make('span', { class: 'bar' }, fill, ...(discrete ? [] : [make('span', { class: 'zero' }), mark]));
      return { row: make('li', {}, make('span', { class: 'name' }, name), bar, value), fill, mark, value };
    });
    this.#actions.replaceChildren(...this.#rows.map(({ row }) => row));
    this.#shown = 0;
    this.#showHistory([]);
  }

  /** Brings everything up to date. */
  show(player: Player, byHand: boolean): void {
    const { decision, moment } = player.current;
    setText(this.#return, showNumber(moment.return));
    setText(this.#episode, String(player.episode));
    setText(this.#steps, String(moment.step));
    setText(this.#reward, showNumber(moment.reward));
    this.#actions.classList.toggle('hand', byHand);
    this.#showDecision(decision, moment.step > 0);
    const newest = player.history.at(-1);
    const count = newest ? newest.episode + player.history.length * 1e6 + newest.seed * 1e-3 : 0;
    if (count === this.#shown) return;
    this.#shown = count;
    this.#showHistory(player.history);
  }

  #showDecision({ outputs, taken }: Decision, done: boolean): void {
    const space = this.#space;
    let values: readonly number[] = outputs;
    // Rows of what is done: one for each entry of the action.
    const chosen = new Set<number>();
    if (space && space.kind !== 'box') {
      values = [];
      for (const [entry, n] of valueCounts(space).entries()) {
        chosen.add(values.length + taken[entry]!);
        values = [...values, ...softmax(outputs.slice(values.length, values.length + n))];
      }
    }
    this.#rows.forEach(({ row, fill, mark, value }, k) => {
      if (space?.kind !== 'box') {
        fill.style.width = `${100 * values[k]!}%`;
        setText(value, `${(100 * values[k]!).toFixed(values[k]! > 0.9995 || values[k]! < 0.0005 ? 0 : 1)} %`);
        row.classList.toggle('taken', done && chosen.has(k));
        return;
      }
      // Bars grow from the middle of the box; a mark shows what was done.
      const [low, high] = [space.low[k]!, space.high[k]!];
      const place = (number: number): number => Math.min(Math.max((number - low) / (high - low), 0), 1);
      const [at, middle] = [place(values[k]!), 0.5];
      fill.style.left = `${100 * Math.min(at, middle)}%`;
      fill.style.width = `${100 * Math.abs(at - middle)}%`;
      // Not quite to the ends, where the bar is round.
      mark.style.left = `${2 + 96 * place(taken[k]!)}%`;
      mark.hidden = !done;
      setText(value, showNumber(done ? taken[k]! : values[k]!));
    });
  }

  #showHistory(history: readonly PlayedEpisode[]): void {
    const recent = history.slice(-charted);
    const rows = recent
      .toReversed()
      .map(({ seed, episode, total, steps, byHand, policyName, stretches }) =>
        make(
          'li',
          { 'data-return': String(total), 'data-seed': String(seed), 'data-episode': String(episode) },
          make('span', {}, `seed ${seed}, episode ${episode}`),
          make('span', byHand ? { class: 'hand' } : {}, whoPlayed(policyName, stretches, steps)),
          make('b', {}, showNumber(total)),
          make('span', {}, `${steps} step${steps === 1 ? '' : 's'}`),
        ),
      );
    this.#returns.replaceChildren(
      ...(rows.length > 0 ? rows : [make('li', { class: 'empty' }, 'The first episode is still being played.')]),
    );
    // Of the same policy in the same way: anything else would mix what must be told apart.
    const alone = recent.filter(({ byHand, stretches }) => !byHand && stretches.length === 1);
    const last = alone.at(-1);
    const own = alone.filter(({ policyName, greedy }) => policyName === last?.policyName && greedy === last.greedy);
    const average = own.length > 1 ? mean(own.map(({ total }) => total)) : undefined;
    const who = `${last?.policyName}${last?.greedy ? '' : ', sampled'}`;
    setText(this.#mean, average === undefined ? '' : `${who}: mean of ${own.length} is ${showNumber(average)}`);
    this.#showChart(recent);
  }

  #showChart(recent: readonly PlayedEpisode[]): void {
    this.#chart.replaceChildren();
    if (recent.length < 2) return;
    const totals = recent.map(({ total }) => total);
    const high = Math.max(0, ...totals);
    const low = Math.min(0, ...totals);
    const span = high - low || 1;
    const svg = makeSvg('svg', { viewBox: `0 0 ${charted} 100`, preserveAspectRatio: 'none' });
    const zero = (100 * high) / span;
    recent.forEach(({ total, byHand }, k) => {
      const top = (100 * (high - Math.max(total, 0))) / span;
      const height = Math.max((100 * Math.abs(total)) / span, 1.5);
      svg.append(makeSvg('rect', { x: k + 0.1, y: top, width: 0.8, height, ...(byHand ? { class: 'hand' } : {}) }));
    });
    svg.append(makeSvg('line', { x1: 0, x2: charted, y1: zero, y2: zero, 'vector-effect': 'non-scaling-stroke' }));
    this.#chart.append(svg);
  }
}
