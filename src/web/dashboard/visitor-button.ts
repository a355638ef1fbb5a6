interface Handle {
  stop(): void;
}
interface Client {
  start(options: { uid: string; info: { name: string } }): Handle;
}

const START = 'Make this browser a visitor';
const STOP = 'Stop being a visitor';

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
      // By a variable, so that the bundler leaves it to the service.
      const path = '/client.mjs';
      isLoading = true;
      const client = (await import(path).catch(() => undefined)) as Client | undefined;
      isLoading = false;
      // The connection's state tells why.
      if (!client) return;
      handle = client.start({
        uid: `browser-${crypto.getRandomValues(new Uint32Array(1))[0]!.toString(36)}`,
        info: { name: 'This browser' },
      });
    }
    button.textContent = handle ? STOP : START;
  });
}
