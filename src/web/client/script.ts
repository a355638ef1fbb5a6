import { type Handle, type Info, start } from './client.js';
import { safely } from './safely.js';

/** `<script async src="…/client.js" data-uid="…">`: starts when there is a uid, and follows its attributes from then on. */
function follow(script: HTMLScriptElement): void {
  let handle: Handle | undefined;
  const apply = () => {
    const { uid, room, info, interval, token } = script.dataset;
    const visitor = { uid: uid ?? '', room: room || undefined, info: parseInfo(info), token: token || undefined };
    if (!uid) {
      handle?.stop();
      handle = undefined;
    } else if (handle) {
      handle.update(visitor);
    } else {
      handle = start({ ...visitor, service: new URL('.', script.src).href, intervalSeconds: Number(interval) });
    }
  };
  new MutationObserver(apply).observe(script, {
    attributeFilter: ['data-uid', 'data-room', 'data-info', 'data-token'],
  });
  apply();
}

function parseInfo(text: string | undefined): Info | undefined {
  if (!text) return undefined;
  try {
    return JSON.parse(text) as Info;
  } catch {
    console.warn('Presence passes over data-info, as it is not JSON.');
    return undefined;
  }
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement) safely(() => follow(script));
