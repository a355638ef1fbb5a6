import { Chart, type History } from './chart.js';
import { Connection } from './connection.js';
import { Counts } from './counts.js';
import { find, setText } from './dom.js';
import { Explanation } from './explanation.js';
import { showCollecting, showConnection } from './header.js';
import { List } from './list.js';
import { lookUp } from './look-ups.js';
import { loadRooms } from './rooms.js';
import { address, ask, ServiceError } from './service.js';
import { SignIn } from './sign-in.js';
import { setUpSnippet } from './snippet.js';
import { State, type Totals } from './state.js';
import { setUpVisitorButton } from './visitor-button.js';

const DETAILS_MS = 3000;
const ROOMS_MS = 10_000;
const DISAGREEMENT_MS = 8000;

let offsetSeconds = 0;
let completeFrom = 0;
let isLive = false;
let isLost = false;
let latestTs = 0;
let isListScheduled = false;
let agreedMs = Date.now();

/** The server's clock, in Unix seconds. */
const nowSeconds = () => Date.now() / 1000 + offsetSeconds;
const isWatched = () => isLive && !document.hidden;

const state = new State();
const chart = new Chart(find('chart'));
const counts = new Counts(() => isLive);
const signIn = new SignIn(loadHistory);
const explanation = new Explanation(find('explanation'), nowSeconds, () => list.focus());
const list = new List({
  scroller: find('scroller'),
  list: find('list'),
  onPick: (uid) => void explanation.open(uid),
  nowSeconds,
});
const textFilter = find<HTMLInputElement>('find');
const statusFilter = find<HTMLSelectElement>('status');
const roomFilter = find<HTMLSelectElement>('room');

const connection = new Connection({
  onSnapshot(snapshot) {
    state.restore(snapshot);
    showTotals(snapshot);
    scheduleList();
    // It may be another process, with a history of its own.
    void loadHistory();
  },
  onChange(change) {
    const latest = state.apply(change);
    if (latest !== undefined) setText(find('latest'), latest);
    list.markFresh((change.joined ?? []).map(({ uid }) => uid));
    // Changes that were missed are told late, and what has been shown meanwhile is newer.
    if (change.ts >= latestTs) showTotals(change);
    scheduleList();
  },
  onTotals(totals) {
    showTotals(totals);
    checkList(totals);
  },
  onState(next, sinceMs) {
    isLive = next === 'live';
    // Changes that are resumed do not tell how many there were meanwhile.
    if (isLive && isLost) void loadHistory();
    isLost = !isLive;
    if (!signIn.isNeeded) showConnection(next, sinceMs);
  },
  onRefused: () => void loadHistory(),
});

function showTotals(totals: Totals): void {
  latestTs = totals.ts;
  offsetSeconds = totals.ts - Date.now() / 1000;
  counts.show(totals);
  chart.push(totals.ts, totals.online_total, totals.active_total);
  showCollecting(totals.ts, completeFrom);
  find('start').hidden = totals.online_total > 0 || roomFilter.value !== '';
  setText(find('start-title'), totals.ts < completeFrom ? 'Nobody has been heard of yet' : 'Nobody is here yet');
}

/** The stream of changes may fall silent unnoticed; that its list and the totals differ for long gives it away. */
function checkList(totals: Totals): void {
  if (totals.online_total === state.size) agreedMs = Date.now();
  if (Date.now() - agreedMs < DISAGREEMENT_MS) return;
  agreedMs = Date.now();
  connection.reopen();
}

/** Many changes until the next frame are one. */
function scheduleList(): void {
  if (isListScheduled) return;
  isListScheduled = true;
  requestAnimationFrame(() => {
    isListScheduled = false;
    showList();
  });
}

function showList(): void {
  const entries = state.select({ text: textFilter.value, status: statusFilter.value as '' | 'active' | 'idle' });
  list.show(entries);
  const none = find('none');
  none.hidden = entries.length > 0;
  setText(none, state.size === 0 ? 'Nobody is online here.' : 'Nobody who is online fits.');
  find('scroller').hidden = state.size === 0;
}

async function loadHistory(): Promise<void> {
  const room = roomFilter.value;
  try {
    const history = await ask<History>(address('/v1/history', { room }));
    // The answer for another room may have overtaken this one.
    if (room !== roomFilter.value) return;
    chart.restore(history);
    completeFrom = history.complete_from;
    showSignIn(false);
  } catch (error) {
    if (error instanceof ServiceError && (error.status === 401 || error.status === 403)) showSignIn(true);
  }
}

async function loadDetails(): Promise<void> {
  if (!isWatched()) return;
  try {
    list.learn(await lookUp(list.inView));
  } catch {
    // The connection's state tells.
  }
}

async function refreshRooms(): Promise<void> {
  if (isWatched()) await loadRooms(roomFilter);
}

function open(): void {
  const room = roomFilter.value;
  connection.open(address('/sse/changes', { room }), address('/sse/totals', { room }));
}

function showSignIn(isNeeded: boolean): void {
  const wasNeeded = signIn.isNeeded;
  signIn.show(isNeeded);
  if (isNeeded) {
    connection.close();
    explanation.close();
    showConnection('signed-out');
  } else if (wasNeeded) {
    showConnection('connecting');
    open();
  }
}

setUpSnippet();
setUpVisitorButton(find('be-visitor'));
textFilter.addEventListener('input', scheduleList);
statusFilter.addEventListener('change', scheduleList);
roomFilter.addEventListener('change', () => {
  state.restore({ visitors: [] });
  open();
});
find('scroller').addEventListener('scrollend', () => void loadDetails());
setInterval(() => void loadDetails(), DETAILS_MS);
setInterval(() => void refreshRooms(), ROOMS_MS);
setTimeout(() => void loadDetails().then(refreshRooms), 500);
// A token for rooms opens no more than these.
const room = new URLSearchParams(location.search).get('room');
if (room) roomFilter.append(new Option(room, room, true, true));
open();
