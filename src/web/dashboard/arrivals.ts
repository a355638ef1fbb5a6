import type { Arrival, RefusedArrival, SetUpAnswer } from '../../protocol/messages.js';
import { setUpCopy } from './copy.js';
import { byId, setText } from './dom.js';
import { formatAgo, formatCount, formatSince } from './format.js';
import { keepItems } from './kept-items.js';
import { explainRefusal } from './refusal-texts.js';

/** Strangers can invent origins. The service knows more of them. */
const MAX_SHOWN = 10;

/** Shows what pages have fetched and sent, and why it was refused. */
export function drawArrivals(answer: SetUpAnswer): void {
  const { ts, scripts, heartbeats, refusals, allow_origin: allowOrigin } = answer;
  setText(byId('arrived'), summarize(answer));
  drawOrigins(byId('scripts'), scripts, ts);
  drawOrigins(byId('heartbeats'), heartbeats, ts);
  byId('refusals').hidden = refusals.length === 0;
  keepItems(byId('refusals'), refusals.slice(0, MAX_SHOWN), {
    keyOf: ({ error, origin }) => `${error} ${origin}`,
    make: makeRefusal,
    update: (element, refusal) => updateRefusal(element, refusal, allowOrigin, ts),
  });
  const hidden = [scripts, heartbeats, refusals].map((each) => Math.max(0, each.length - MAX_SHOWN));
  const more = hidden.reduce((sum, each) => sum + each);
  setText(byId('more-arrivals'), more === 0 ? '' : `${formatCount(more)} more are in the answer of /v1/setup.`);
}

/** One sentence, which changes seldom, since screen readers speak it. */
function summarize({ since, scripts, heartbeats, refusals }: SetUpAnswer): string {
  if (refusals.length > 0) return 'Heartbeats are refused. What to do:';
  if (heartbeats.length > 0) return 'Heartbeats arrive, and none is refused.';
  if (scripts.length > 0)
    return 'The script was fetched, but no heartbeat has arrived. The tag sends nothing while its data-uid is empty, as when nobody is logged in; a blocker or the Content-Security-Policy of the page may also stop it.';
  return `Nothing has arrived since ${formatSince(since)}.`;
}

function drawOrigins(list: HTMLElement, arrivals: readonly Arrival[], ts: number): void {
  byId(`no-${list.id}`).hidden = arrivals.length > 0;
  keepItems(list, arrivals.slice(0, MAX_SHOWN), {
    keyOf: ({ origin }) => String(origin),
    make() {
      const item = document.createElement('li');
      item.append(document.createElement('bdi'), ' ', document.createElement('span'));
      return item;
    },
    update(item, arrival) {
      setText(item.querySelector('bdi')!, describeOrigin(arrival.origin));
      setText(item.querySelector('span')!, describeCount(arrival, ts));
    },
  });
}

function makeRefusal(): HTMLElement {
  const template = byId<HTMLElement>('refusal') as unknown as HTMLTemplateElement;
  const item = template.content.firstElementChild!.cloneNode(true) as HTMLElement;
  setUpCopy(item.querySelector('button')!, item.querySelector('.snippet')!);
  return item;
}

function updateRefusal(item: HTMLElement, refusal: RefusedArrival, allowOrigin: string, ts: number): void {
  const { title, advice, fix } = explainRefusal(refusal, allowOrigin);
  const show = (selector: string, text: string) => setText(item.querySelector(selector)!, text);
  show('h4', title);
  show('.from bdi', describeOrigin(refusal.origin));
  show('.from span', describeCount(refusal, ts));
  show('.advice', advice);
  show('.snippet', fix ?? '');
  show('.sent code', refusal.text ?? '');
  item.querySelector<HTMLElement>('.row')!.hidden = fix === undefined;
  item.querySelector<HTMLElement>('.sent')!.hidden = refusal.text === undefined;
}

function describeOrigin(origin: string | null): string {
  if (origin === null) return 'a program, or a page that hides its address';
  return origin === 'null' ? 'a page without an origin, such as a file' : origin;
}

const describeCount = ({ count, last }: Arrival, ts: number): string =>
  `${count === 1 ? 'once,' : `${formatCount(count)} times, last`} ${formatAgo(ts - last)}`;
