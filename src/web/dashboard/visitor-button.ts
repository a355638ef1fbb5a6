import type { Handle } from '../client/api.js';
import { setText } from './dom.js';
import { refusesHeartbeats } from './heartbeat-access.js';

type Client = typeof import('../client/client.js');

const START = 'Make this browser a visitor';
const STOP = 'Stop being a visitor';
const REFUSED = 'Visitors need a token';

/** Sets up the button that makes the viewer's browser a visitor, and stops it again. */
export function setUpVisitorButton(button: HTMLButtonElement): void {
  let handle: Handle | undefined;
  let isLoading = false;
  button.addEventListener('click', async () => {
    // A second visitor would replace the handle of the first, which then could not be stopped.
    if (isLoading) return;
    if (handle) {
      handle.stop();
      handle = undefined;
    } else {
      const uid = `browser-${crypto.getRandomValues(new Uint32Array(1))[0]!.toString(36)}`;
      // In a variable, so that esbuild does not bundle the module.
      const path = '/client.mjs';
      isLoading = true;
      const isRefused = await refusesHeartbeats(uid);
      const client = (await import(path).catch(() => undefined)) as Client | undefined;
      isLoading = false;
      if (isRefused) return setText(button, REFUSED);
      // The connection's state in the header shows that the service cannot be reached.
      if (!client) return;
      handle = client.start({ uid, info: { name: 'This browser' } });
    }
    setText(button, handle ? STOP : START);
  });
}
