import { type Handle, type Info, start } from './client.js';
import { safely } from './safely.js';

/** Takes over a tag as the one that says who is here. */
type Follow = (tag: HTMLScriptElement) => void;

const TAG = 'script[data-uid][src*="/client.js"]';
/** Where the runs of this script in one page find each other: by the service's address. */
const page = window as unknown as { presenceFollowers?: Record<string, Follow> };

const serviceOf = (tag: HTMLScriptElement): string => new URL('.', tag.src).href;

/** `<script async src="…/client.js" data-uid="…">`: starts when there is a uid, and follows its attributes from then on. */
function createFollower(service: string): Follow {
  let handle: Handle | undefined;
  let dataset: DOMStringMap;
  const apply = () => {
    const { uid, room, info, interval, token } = dataset;
    const visitor = { uid: uid ?? '', room: room || undefined, info: parseInfo(info), token: token || undefined };
    if (!uid) {
      handle?.stop();
      handle = undefined;
    } else if (handle) {
      handle.update(visitor);
    } else {
      handle = start({ ...visitor, service, intervalSeconds: Number(interval) });
    }
  };
  const observer = new MutationObserver(apply);
  return (tag) => {
    observer.disconnect();
    observer.observe(tag, { attributeFilter: ['data-uid', 'data-room', 'data-info', 'data-token'] });
    dataset = tag.dataset;
    apply();
  };
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

/** The tag that has been pasted. jQuery runs it from a bare one of its own, and a module is not told of its tag at all. */
function findTag(): HTMLScriptElement | undefined {
  const current = document.currentScript instanceof HTMLScriptElement ? document.currentScript : undefined;
  if (current?.dataset.uid !== undefined) return current;
  const pasted = [...document.querySelectorAll<HTMLScriptElement>(TAG)];
  return pasted.find((tag) => !current || serviceOf(tag) === serviceOf(current)) ?? current;
}

safely(() => {
  const tag = findTag();
  if (!tag) return;
  const service = serviceOf(tag);
  // Pasted twice, or put in anew at each visit as Turbo does, it is still one page: the last tag counts.
  page.presenceFollowers ??= {};
  page.presenceFollowers[service] ??= createFollower(service);
  page.presenceFollowers[service](tag);
});
