import { setText } from './dom.js';
import { ask, ServiceError } from './service.js';

interface Handle {
  stop(): void;
}
interface Client {
  start(options: { uid: string; info: { name: string } }): Handle;
}

const START = 'Make this browser a visitor';
const STOP = 'Stop being a visitor';
const REFUSED = 'Visitors need a token';

/** The button that makes the viewer's own browser a visitor, and stops it again. */
export function setUpVisitorButton(button: HTMLButtonElement): void {
  let handle: Handle | undefined;
  let isLoading = false;
  button.addEventListener('click', async () => {
    // A second visitor would take the handle of the first, which then could not be stopped.
    if (isLoading) return;
    if (handle) {
      handle.stop();
      handle = undefined;
    } else {
      const uid = `browser-${crypto.getRandomValues(new Uint32Array(1))[0]!.toString(36)}`;
      // By a variable, so that the bundler leaves it to the service.
      const path = '/client.mjs';
      isLoading = true;
      const problem = await findProblem(uid);
      const client = (await import(path).catch(() => undefined)) as Client | undefined;
      isLoading = false;
      if (problem) return setText(button, problem);
      // The connection's state tells why.
      if (!client) return;
      handle = client.start({
        uid,
        info: { name: 'This browser' },
      });
    }
    button.textContent = handle ? STOP : START;
  });
}

/** Why the service would refuse the heartbeats, which the client tells in the console only. A goodbye leaves no trace. */
async function findProblem(uid: string): Promise<string | undefined> {
  try {
    await ask('/v1/leave', { method: 'POST', body: JSON.stringify({ uid }) });
  } catch (error) {
    if (error instanceof ServiceError && error.status === 401) return REFUSED;
  }
  return undefined;
}
