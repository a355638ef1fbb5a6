import type { Handle } from './api.js';
import { start } from './client.js';
import { fetchToken } from './fetch-token.js';
import { onPathChange } from './page-path.js';
import { safely } from './safely.js';
import { FOLLOWED, isRoomPath, visitorOf } from './tag.js';

/** Makes a tag the one whose attributes the heartbeats follow. */
type Follow = (tag: HTMLScriptElement) => void;

const TAG = 'script[data-uid][src*="/client.js"]';
/** Shared by every run of this script in the page; the key is the service's address. */
const page = window as unknown as { presenceFollowers?: Record<string, Follow> };

const serviceOf = (tag: HTMLScriptElement): string => new URL('.', tag.src).href;

/** Follows `<script async src="…/client.js" data-uid="…">`: starts once there is a uid, and applies changed attributes. */
function createFollower(service: string): Follow {
  let handle: Handle | undefined;
  let dataset: DOMStringMap;
  let isFollowingPath = false;
  const apply = () => {
    const { interval, media } = dataset;
    const visitor = visitorOf(dataset);
    if (!visitor.uid) {
      handle?.stop();
      handle = undefined;
    } else if (handle) {
      handle.update(visitor);
    } else {
      handle = start({
        ...visitor,
        service,
        intervalSeconds: Number(interval),
        media: media === 'active' ? media : undefined,
        getToken: () => (dataset.tokenUrl ? fetchToken(dataset.tokenUrl) : undefined),
      });
    }
    if (isRoomPath(dataset) && !isFollowingPath) {
      isFollowingPath = true;
      onPathChange(() => {
        if (isRoomPath(dataset)) apply();
      });
    }
  };
  const observer = new MutationObserver(apply);
  return (tag) => {
    observer.disconnect();
    observer.observe(tag, { attributeFilter: FOLLOWED });
    dataset = tag.dataset;
    apply();
  };
}

/**
 * Finds the pasted tag. It is not always `document.currentScript`: jQuery runs the script from a tag of its own without
 * attributes, and for a module `currentScript` is null.
 */
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
  // A tag that is pasted twice, or inserted again at each Turbo visit, is one session; the latest tag counts.
  page.presenceFollowers ??= {};
  page.presenceFollowers[service] ??= createFollower(service);
  page.presenceFollowers[service](tag);
});
