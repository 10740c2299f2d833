/** MuJoCo in the page: loaded, as this file is, when somebody asks for one of its environments. */
import { loadMujoco } from 'cohort-rl/envs?late';
import { mujocoAddresses } from './addresses.ts';

/** What to do where it is not there. */
const advice =
  'On your own machine: npm install @mujoco/mujoco@3.9.0, then start npx cohort-rl playground again. ' +
  'On a server: copy mujoco.js and mujoco.wasm of that package into the folder mujoco of the page.';

let loading: Promise<void> | undefined;

/** Loads it into the page, once. Rejects in words where it is not beside the page, or cannot be started; the next call then tries again. */
export function loadMujocoHere(): Promise<void> {
  loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(): Promise<void> {
  const { scriptUrl } = mujocoAddresses;
  // Looked for first: a browser remembers an import that failed, and would not try again.
  const found = await fetch(scriptUrl).catch(() => undefined);
  if (!found)
    throw new Error(
      'This task needs MuJoCo, which could not be fetched: there is no network. Try again with one; it is kept from then on.',
    );
  if (!found.ok) throw new Error(`This task needs MuJoCo, which is not beside this page. ${advice}`);
  await loadMujoco(mujocoAddresses);
  keepForLater();
}

/** A page that loaded it before its service worker took over asks again, so that it is kept. */
function keepForLater(): void {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (!workers || workers.controller) return;
  const ask = (name: string): Promise<unknown> => fetch(new URL(name, mujocoAddresses.scriptUrl)).catch(() => undefined);
  workers.addEventListener('controllerchange', () => void Promise.all(['mujoco.js', 'mujoco.wasm'].map(ask)), { once: true });
}
