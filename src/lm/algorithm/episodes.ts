/**
 * Episodes of several turns, in lockstep: every program runs until it waits for the model or has ended, then all that wait are sampled at once. Tokens are ids from one end to the other:
 * a turn goes on from the ids of the turns before, and what is appended becomes ids once.
 *
 * An episode is one completion to learn from: the tokens of all turns and of what was appended between, of which only the sampled ones have places in the loss.
 */
import { failure } from '../../core/errors.ts';
import { completionOf, type EncodedPrompt, type SampledCompletion, type SampledTokens } from '../model/rollouts.ts';
import { type EpisodeContext, type EpisodeProgram, summedOverTurns, type Turn } from '../tasks/episode.ts';
import type { Tokenizer } from '../tasks/prompt.ts';
import { type Answer, type ScoreLimits, withinLimit } from '../tasks/rewards.ts';
import type { Problem } from '../tasks/task.ts';

/** Where an episode begins. */
export interface EpisodeStart {
  readonly problem: Problem;
  readonly prompt: EncodedPrompt;
}

/** What episodes are played by. */
export interface EpisodeSettings extends Pick<ScoreLimits, 'rewardSeconds' | 'now'> {
  readonly rollout: EpisodeProgram;
  readonly maxTurns: number;
  /** Most tokens of a turn. */
  readonly turnTokens: number;
  /** Most tokens of an episode behind its prompt. */
  readonly maxTokens: number;
  readonly tokenizer: Tokenizer;
  /** Texts that end a turn. */
  readonly stop: readonly string[];
}

/** An episode that waits for the model. */
export interface WaitingEpisode {
  /** Its place among all episodes. */
  readonly number: number;
  /** The prompt, and all tokens since. */
  readonly soFar: EncodedPrompt;
  /** Nothing came after the prompt yet. */
  readonly isFresh: boolean;
}

/** Samples turn `turn`, counted from 0, of the episodes that wait, in order; `undefined` where a signal cut it off. */
export type TurnSampler = (
  turn: number,
  waiting: readonly WaitingEpisode[],
  maxTokens: number,
) => Promise<readonly SampledTokens[] | undefined>;

/** An episode as a completion. */
export interface EpisodeCompletion extends SampledCompletion {
  /** What the model said last. */
  readonly lastText: string;
  readonly turns: number;
}

/** What was played: the tokens, and what the program answered. */
export interface PlayedEpisode {
  readonly completion: EpisodeCompletion;
  readonly answer: Answer;
}

/** Plays all episodes to their ends; `undefined` where the sampler was cut off. */
export async function playEpisodes(
  starts: readonly EpisodeStart[],
  settings: EpisodeSettings,
  sample: TurnSampler,
): Promise<PlayedEpisode[] | undefined> {
  const table = new Table();
  const episodes = starts.map((start, number) => new Episode(start, number, settings, table));
  for (const episode of episodes) episode.begin();
  for (let turn = 0; ; turn++) {
    await withinLimit(table.quiet(), settings);
    for (const episode of episodes) episode.endIfBusy();
    const waiting = episodes.filter((episode) => episode.isWaiting);
    if (waiting.length === 0) break;
    const most = Math.min(settings.turnTokens, Math.max(...waiting.map(({ room }) => room)));
    const sampled = await sample(turn, waiting, most).catch((error: unknown) => {
      for (const episode of episodes) episode.cutOff();
      throw error;
    });
    if (!sampled) {
      for (const episode of episodes) episode.cutOff();
      return undefined;
    }
    waiting.forEach((episode, i) => void episode.hear(sampled[i]!));
  }
  return episodes.map((episode) => episode.played());
}

/** How many programs are at work. */
class Table {
  #busy = 0;
  #wake: (() => void) | undefined;

  begin(): void {
    this.#busy++;
  }

  end(): void {
    if (--this.#busy === 0) this.#wake?.();
  }

  /** Resolves when all programs wait or have ended. */
  quiet(): Promise<void> {
    if (this.#busy === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

class Episode implements WaitingEpisode {
  readonly number: number;
  readonly #start: EpisodeStart;
  readonly #settings: EpisodeSettings;
  readonly #table: Table;
  readonly #abort = new AbortController();
  readonly #tokens: number[] = [];
  readonly #logProbs: number[] = [];
  readonly #places: number[] = [];
  readonly #texts: string[] = [];
  #entropy = 0;
  #ended = false;
  #exhausted = false;
  #hear: ((turn: Turn) => void) | undefined;
  #answer: Answer;
  /** `busy`: the program is at work. `waiting`: for the model. */
  #status: 'busy' | 'waiting' | 'over' = 'over';

  constructor(start: EpisodeStart, number: number, settings: EpisodeSettings, table: Table) {
    this.number = number;
    this.#start = start;
    this.#settings = settings;
    this.#table = table;
  }

  get isWaiting(): boolean {
    return this.#status === 'waiting';
  }

  get isFresh(): boolean {
    return this.#tokens.length === 0;
  }

  get soFar(): EncodedPrompt {
    const { tokens, patches } = this.#start.prompt;
    return { tokens: [...tokens, ...this.#tokens], patches };
  }

  /** Tokens that there is room for. */
  get room(): number {
    return this.#settings.maxTokens - this.#tokens.length;
  }

  begin(): void {
    this.#work();
    void this.#play().then(
      (value) => this.#end({ value }),
      (error: unknown) => this.#end({ error }),
    );
  }

  /** The program, from its first turn to what it says of the episode. */
  async #play(): Promise<unknown> {
    const { problem } = this.#start;
    const context: EpisodeContext = {
      prompt: problem.prompt,
      problem,
      signal: this.#abort.signal,
      sample: (request) => {
        const turn = this.#ask(request);
        // A program that does not wait for its turn must not end the process.
        turn.catch(() => {});
        return turn;
      },
    };
    const said: unknown = await this.#settings.rollout(context);
    if (this.#places.length === 0) throw new Error('the rollout ended before the model had said anything');
    if (said !== undefined) return summedOverTurns(said, this.#texts.length);
    if (typeof problem.reward !== 'function') throw new Error('the rollout returned nothing, and its problem has no reward');
    return problem.reward(this.#texts.at(-1)!, this.#ended);
  }

  async #ask(request: Parameters<EpisodeContext['sample']>[0] = {}): Promise<Turn> {
    if (this.#status === 'over') throw failure('sample', 'an episode that goes on', 'one that has ended', 'await every sample()');
    if (this.#status === 'waiting') throw failure('sample', 'one turn at a time', 'two', 'await the first sample() before the second');
    const { append = '' } = request;
    if (typeof append !== 'string') throw failure('sample: append', 'a text', typeof append, 'write sample({ append: text })');
    if (this.#exhausted) {
      throw failure(
        'sample',
        'a turn that is left',
        'none',
        'end the rollout where a turn is exhausted, or raise maxTurns and completionLength',
      );
    }
    const appended = append === '' ? [] : this.#settings.tokenizer.encode(append);
    if (this.#texts.length >= this.#settings.maxTurns || appended.length + 1 > this.room) {
      this.#exhausted = true;
      return { text: '', ended: false, tokens: 0, exhausted: true };
    }
    for (const token of appended) this.#push(token, 0);
    return new Promise((resolve) => {
      this.#hear = resolve;
      this.#rest('waiting');
    });
  }

  /** The model's turn, cut where the episode has no more room. */
  hear({ tokens, logProbs, entropies }: SampledTokens): void {
    // A program that did not wait for its turn has ended meanwhile.
    if (!this.isWaiting) return;
    const { room } = this;
    const kept = { tokens: tokens.slice(0, room), logProbs: logProbs.slice(0, room), entropies: entropies?.slice(0, room) };
    const said = completionOf(kept, this.#settings.tokenizer, this.#settings.stop);
    said.tokens.forEach((token, t) => {
      this.#places.push(this.#tokens.length);
      this.#push(token, said.logProbs[t]!);
    });
    this.#entropy += said.entropy;
    this.#texts.push(said.text);
    this.#ended = said.ended;
    this.#work();
    this.#hear!({ text: said.text, ended: said.ended, tokens: said.tokens.length, exhausted: false });
  }

  #push(token: number, logProb: number): void {
    this.#tokens.push(token);
    this.#logProbs.push(logProb);
  }

  #work(): void {
    this.#status = 'busy';
    this.#table.begin();
  }

  #rest(status: 'waiting' | 'over'): void {
    this.#status = status;
    this.#table.end();
  }

  #end(answer: NonNullable<Answer>): void {
    if (this.#status === 'over') return;
    this.#answer = answer;
    if (this.#status === 'busy') this.#rest('over');
    // It ended without waiting for the turn that it had asked for.
    else this.#status = 'over';
  }

  /** Ends an episode whose program took too long: there is no answer. */
  endIfBusy(): void {
    if (this.#status === 'busy') this.cutOff();
  }

  /** Ends the episode without an answer. */
  cutOff(): void {
    if (this.#status === 'over') return;
    if (this.#status === 'busy') this.#rest('over');
    this.#status = 'over';
    this.#abort.abort();
  }

  played(): PlayedEpisode {
    const { tokenizer } = this.#settings;
    // A row of a batch has at least one token; this one has no place in the loss.
    const isEmpty = this.#places.length === 0;
    const tokens = Int32Array.from(isEmpty ? [tokenizer.endToken] : this.#tokens);
    const hasAppended = this.#places.length < tokens.length;
    const completion = {
      tokens,
      text: isEmpty ? '' : tokenizer.decode(tokens),
      ended: this.#ended,
      logProbs: Float32Array.from(isEmpty ? [0] : this.#logProbs),
      entropy: this.#entropy,
      ...(hasAppended && { places: Int32Array.from(this.#places) }),
      lastText: this.#texts.at(-1) ?? '',
      turns: this.#texts.length,
    };
    return { completion, answer: this.#answer };
  }
}
