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
  button.addEventListener('click', async () => {
    if (handle) {
      handle.stop();
      handle = undefined;
    } else {
      // By a variable, so that the bundler leaves it to the service.
      const path = '/client.mjs';
      const { start } = (await import(path)) as Client;
      handle = start({
        uid: `browser-${crypto.getRandomValues(new Uint32Array(1))[0]!.toString(36)}`,
        info: { name: 'This browser' },
      });
    }
    button.textContent = handle ? STOP : START;
  });
}
