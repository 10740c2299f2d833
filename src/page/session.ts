/** What the page does, apart from its buttons and pictures: player, clock, and a person who drives. No DOM here. */
import type { Env, Policy, Scene } from '../browser/index.ts';
import { sceneKinds, stepsPerSecond } from '../envs/draw/index.ts';
import { Hand, type Held, type TaskFacts } from '../envs/driving.ts';
import { Clock } from '../play/clock.ts';
import { Player } from './player.ts';

/** A policy and what the page calls it. */
export interface NamedPolicy {
  readonly policy: Policy;
  readonly name: string;
}

/** Where the session reports to. */
export interface SessionListener {
  /** An episode begins: the scenes of the last one are history. */
  began(): void;
  /** One step was done; `scene` is what can be seen after it. */
  stepped(scene: Scene | undefined): void;
  /** Something to say to people who cannot see the picture. */
  announce(text: string): void;
}

/** Steps per second where nothing is known. */
const usualRate = 30;

/** Steps per second of real time. Begins an episode to find out. */
function rateOf(env: Env): number {
  env.reset({ seed: 0 });
  const scene = env.scene?.();
  return scene && sceneKinds.includes(scene.kind) ? stepsPerSecond(scene) : usualRate;
}

/** An agent at play, with everything that buttons and keys do to it. */
export class Session {
  readonly player: Player;
  readonly clock: Clock;
  readonly facts: TaskFacts;
  readonly #hand: Hand = new Hand();
  #driving = false;
  /** Whether the step that was due waits for a key. */
  #waits = false;
  readonly #listener: SessionListener;
  /** Chosen meanwhile: takes over when the next episode begins. */
  #nextPolicy: NamedPolicy | undefined;

  /** With the speed, the pause and the kind of actions that a person chose in the session before. */
  constructor(
    parts: { readonly env: Env; readonly policy: NamedPolicy; readonly facts: TaskFacts; readonly maxSteps?: number },
    listener: SessionListener,
    before?: Session,
  ) {
    this.facts = parts.facts;
    this.player = new Player(parts.env, parts.policy.policy, parts.maxSteps);
    this.player.policyName = parts.policy.name;
    this.player.greedy = before?.player.greedy ?? true;
    this.clock = new Clock(rateOf(parts.env), before?.clock);
    this.#listener = listener;
  }

  /** Whether a person drives. */
  get driving(): boolean {
    return this.#driving;
  }

  get paused(): boolean {
    return this.clock.paused;
  }

  /** Keys that are held now, newest last: from the keyboard and the buttons on the page. */
  hold(held: Held): void {
    if (this.#hand.hold(held) && this.#waits) this.clock.hurry();
  }

  #begin(): void {
    this.clock.clear();
    this.#listener.began();
    this.#listener.stepped(this.player.env.scene?.());
  }

  /** Begins the first episode of a seed. */
  restart(seed: number): void {
    this.#usePolicy();
    this.player.restart(seed);
    this.#begin();
  }

  /** Goes on with the next episode of the seed. */
  next(): void {
    this.#usePolicy();
    this.player.nextEpisode();
    this.#begin();
  }

  /** Another policy: at once, with the same episode from its start; or, unless `now`, from the next episode on. */
  choosePolicy(policy: NamedPolicy, now: boolean): void {
    this.#nextPolicy = policy;
    if (!now) return;
    this.player.episode--;
    this.next();
  }

  #usePolicy(): void {
    if (!this.#nextPolicy) return;
    this.player.policy = this.#nextPolicy.policy;
    this.player.policyName = this.#nextPolicy.name;
    this.#nextPolicy = undefined;
  }

  /** Pauses or plays. */
  togglePause(): void {
    this.clock.paused = !this.clock.paused;
    this.#listener.announce(this.clock.paused ? 'paused' : 'playing');
  }

  /** One step by itself, while paused; after the end of an episode the first moment of the next. */
  stepOnce(): void {
    if (this.clock.paused) this.#advance();
  }

  /** One speed up or down. */
  shiftSpeed(by: 1 | -1): void {
    if (this.clock.shift(by)) this.#listener.announce(`speed ${this.clock.speed}`);
  }

  /** A person takes over, or hands back. */
  toggleDriving(): void {
    if (!this.facts.driving) return;
    this.#driving = !this.#driving;
    this.#listener.announce(this.#driving ? `you drive. ${this.facts.driving.help}` : 'the policy drives');
  }

  /** Greedy or sampled actions. */
  toggleGreedy(): void {
    this.player.greedy = !this.player.greedy;
    this.#listener.announce(this.player.greedy ? 'greedy actions' : 'sampled actions');
  }

  /** Does what is due after so many milliseconds. */
  tick(milliseconds: number): void {
    for (let steps = this.clock.tick(milliseconds); steps > 0; steps--) {
      this.#advance();
      if (this.player.current.isOver) {
        this.clock.holdEnding();
        return;
      }
    }
  }

  #advance(): void {
    const { player, facts } = this;
    if (player.current.isOver) {
      this.next();
      return;
    }
    const byHand = this.#driving ? this.#hand.act(facts.driving!, player.current.moment.step) : undefined;
    this.#waits = this.#driving && byHand === undefined;
    if (this.#waits) return;
    player.advance(byHand);
    this.#listener.stepped(player.env.scene?.());
  }
}
