/** The page of `cohort-rl watch`: puts player, picture, numbers, keys and checkpoints together. */
import { useModule } from '../browser/index.ts';
import { cohort } from '../browser/library.ts';
import { factsOf } from '../envs/driving.ts';
import { byId, setText } from '../page/dom.ts';
import { type Command, listenToKeys, writeHelp } from '../page/keyboard.ts';
import { Readout } from '../page/readout.ts';
import { type NamedPolicy, Session } from '../page/session.ts';
import { Stage } from '../page/stage.ts';
import { Checkpoints } from './checkpoints.ts';
import { CurveCard } from './curve.ts';
import { fetchState } from './policies.ts';
import type { WatchSource } from './protocol.ts';
import { SpaceSwitch } from './spaceSwitch.ts';

// Modules of users import them from here.
export * from '../page/forModules.ts';

const stage = new Stage(byId('picture', HTMLCanvasElement));
const readout = new Readout();
const badge = byId('badge', HTMLElement);
const failure = byId('failure', HTMLElement);
const curve = new CurveCard((env) => cohort.context.registry.find(env)?.rewardThreshold);
const seedField = byId('seed', HTMLInputElement);
const buttons = {
  pause: byId('pause', HTMLButtonElement),
  step: byId('step', HTMLButtonElement),
  takeOver: byId('take-over', HTMLButtonElement),
  slower: byId('slower', HTMLButtonElement),
  faster: byId('faster', HTMLButtonElement),
  restart: byId('restart', HTMLButtonElement),
  next: byId('next', HTMLButtonElement),
  space: byId('space', HTMLButtonElement),
  help: byId('help-open', HTMLButtonElement),
} as const;

function fail(error: unknown): void {
  failure.textContent = error instanceof Error ? error.message : String(error);
  failure.hidden = false;
  byId('loading', HTMLElement).hidden = true;
}

/** Says something to people who cannot see the picture. */
function announce(text: string): void {
  byId('announcement', HTMLElement).textContent = text;
}

/** Begins to play a run; `before` gives the session that goes on meanwhile. */
async function begin(source: WatchSource, policy: NamedPolicy, space: SpaceSwitch, before?: () => Session): Promise<Session> {
  const spec = await cohort.context.registry.load(source.env);
  const env = await spec.make(source.envOptions);
  const facts = factsOf(spec, env);
  const maxSteps = source.maxSteps ?? spec.evaluationMaxSteps;
  const session = new Session(
    { env, policy, facts, maxSteps },
    { began: () => stage.begin(), stepped: (scene) => stage.remember(scene), announce },
    before?.(),
  );
  readout.begin(facts.actionNames, env.actionSpace);
  const name = source.name === '' ? source.env : `${source.env}, ${source.name}`;
  setText(byId('env', HTMLElement), source.env);
  document.title = `${name} – cohort watch`;
  const label = `${source.env}, as the policy plays it`;
  byId('picture', HTMLCanvasElement).setAttribute('aria-label', label);
  buttons.takeOver.hidden = facts.driving === undefined;
  setText(byId('driving-help', HTMLElement), facts.driving?.help ?? '');
  seedField.value = String(source.seed);
  session.restart(source.seed);
  const inSpace = space.begin(label, stage.scene);
  writeHelp([...(facts.driving ? [] : ['takeOver' as const]), ...(inSpace ? [] : ['space' as const])], facts.driving?.help);
  return session;
}

/** What the corner of the picture says. */
function badgeText({ driving, paused, player }: Session): string {
  const { terminated, truncated } = player.current.moment;
  const parts = [driving ? 'you drive' : '', terminated ? 'episode over' : truncated ? 'time is up' : '', paused ? 'paused' : ''];
  return parts.filter((part) => part !== '').join(' · ');
}

async function start(): Promise<void> {
  const state = await fetchState();
  setText(byId('run', HTMLElement), state.title);
  for (const address of state.modules ?? []) await useModule(new URL(address, location.href).href);
  // From the first session on, and in the order in which they were chosen, however long each takes.
  let begun = (): void => {};
  let turn = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const inTurn = (work: () => void | Promise<void>): void => {
    turn = turn.then(work).catch(fail);
  };
  const checkpoints = new Checkpoints(state, {
    policy: (policy, now) =>
      inTurn(() => {
        failure.hidden = true;
        session.choosePolicy(policy, now);
      }),
    source: (source, policy) =>
      inTurn(async () => {
        failure.hidden = true;
        if (session.driving) session.toggleDriving();
        session = await begin(source, policy, space, () => session);
        keys.setPad(session.facts.driving?.keys ?? []);
      }),
    shown: (source, checkpoint) => curve.show(source, checkpoint),
    failed: fail,
  });
  const space = new SpaceSwitch(state.space ?? { chosen: false }, announce);
  let session = await begin(checkpoints.source, await checkpoints.first(), space);
  if (state.space?.chosen) void space.toggle();
  byId('loading', HTMLElement).hidden = true;

  const actions: Readonly<Record<Command, () => void>> = {
    pause: () => session.togglePause(),
    step: () => session.stepOnce(),
    slower: () => session.shiftSpeed(-1),
    faster: () => session.shiftSpeed(1),
    next: () => session.next(),
    restart: () => {
      session.restart(session.player.seed + 1);
      seedField.value = String(session.player.seed);
      announce(`seed ${session.player.seed}`);
    },
    takeOver: () => session.toggleDriving(),
    greedy: () => session.toggleGreedy(),
    older: () => checkpoints.shift(-1),
    newer: () => checkpoints.shift(1),
    space: () => void space.toggle(),
    help: () => byId('help', HTMLDialogElement).showModal(),
  };
  const keys = listenToKeys({
    isDriving: () => session.driving,
    isPaused: () => session.paused,
    run: (command) => actions[command](),
    hold: (held) => session.hold(held),
  });
  keys.setPad(session.facts.driving?.keys ?? []);
  begun();
  for (const [command, button] of Object.entries(buttons)) button.addEventListener('click', actions[command as Command]);
  const modes = [byId('greedy', HTMLButtonElement), byId('sampled', HTMLButtonElement)] as const;
  modes.forEach((button, index) => {
    button.addEventListener('click', () => {
      if (session.player.greedy !== (index === 0)) actions.greedy();
    });
  });
  const useSeed = (): void => {
    const seed = Number(seedField.value);
    if (/^\d+$/.test(seedField.value) && Number.isSafeInteger(seed)) session.restart(seed);
    else seedField.reportValidity();
  };
  seedField.addEventListener('change', useSeed);
  seedField.addEventListener('keydown', ({ key }) => {
    // A seed that did not change begins again too.
    if (key === 'Enter') useSeed();
    if (key === 'Enter' || key === 'Escape') seedField.blur();
  });

  const show = (): void => {
    const { player, paused, driving, clock } = session;
    if (!space.isShown) stage.draw(player.current.observation);
    space.draw(stage.scene);
    readout.show(player, driving);
    setText(badge, badgeText(session));
    badge.hidden = badge.textContent === '';
    badge.classList.toggle('hand', driving);
    setText(buttons.pause, paused ? 'Play' : 'Pause');
    buttons.step.disabled = !paused;
    setText(buttons.takeOver, driving ? 'Hand back' : 'Take over');
    buttons.takeOver.setAttribute('aria-pressed', String(driving));
    byId('driving', HTMLElement).hidden = !driving;
    setText(byId('speed', HTMLElement), `${clock.speed}×`);
    modes.forEach((button, index) => {
      button.setAttribute('aria-pressed', String(player.greedy === (index === 0)));
    });
  };
  let before = performance.now();
  const frame = (now: number): void => {
    try {
      // A tab that was in the background goes on where it was.
      session.tick(Math.min(now - before, 250));
      before = now;
      show();
      requestAnimationFrame(frame);
    } catch (error) {
      fail(error);
    }
  };
  requestAnimationFrame(frame);
  checkpoints.poll();
}

start().catch(fail);
