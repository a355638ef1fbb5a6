import type { HistoryAnswer, TotalsEvent } from '../../protocol/messages.js';
import { AccessPanel } from './access-panel.js';
import { BrowserTab } from './browser-tab.js';
import { Chart } from './chart.js';
import { Connection } from './connection.js';
import { Counts } from './counts.js';
import { byId } from './dom.js';
import { showCollecting, showConnection } from './header.js';
import { KnownSite } from './known-site.js';
import { ListPanel } from './list-panel.js';
import { NumbersOnly } from './numbers-only.js';
import { request, ServiceError, sendBeacon, serviceUrl } from './service.js';
import { refreshServiceLine } from './service-line.js';
import { SetUpPanel } from './set-up-panel.js';
import { ShowPanel } from './show-panel.js';
import { SignIn } from './sign-in.js';
import { fetchTotals } from './totals.js';

const TOTALS_MS = 2000;
/** How often a hidden page asks for the number in its title. Browsers allow timers there once per minute. */
const HIDDEN_MS = 60_000;
const ROOMS_MS = 10_000;
const FIRST_LOAD_MS = 500;
/** How long the list and the totals may disagree, as the totals are newer than the last change. */
const MAX_DISAGREEMENT_MS = 8000;

/** Server time minus this machine's time. */
let clockOffsetSeconds = 0;
/** When the service has been running for one online window, in Unix seconds; until then its list may be incomplete. */
let completeFrom = 0;
let isLive = false;
let isReconnecting = false;
let latestTs = 0;
let agreedMs = Date.now();

const nowSeconds = () => Date.now() / 1000 + clockOffsetSeconds;
const isWatched = () => isLive && !document.hidden;

const chart = new Chart(byId('chart'));
const counts = new Counts(() => isLive);
const tab = new BrowserTab();
const signIn = new SignIn(loadHistory);
const list = new ListPanel({
  nowSeconds,
  isWatched,
  onRoom() {
    chart.changeRoom();
    openStream();
    void showPanel.refresh();
  },
});
const knownSite = new KnownSite();
const numbersOnly = new NumbersOnly();
const setUp = new SetUpPanel(isWatched);

const connection = new Connection({
  onSnapshot(snapshot) {
    list.restore(snapshot);
    agreedMs = Date.now();
    showTotals(snapshot);
    // The service may have restarted, with a new history.
    void loadHistory();
  },
  onChange(change) {
    list.apply(change);
    // A resumed stream sends old changes first.
    if (change.ts >= latestTs) showTotals(change);
  },
  onState(state, sinceMs) {
    isLive = state === 'live';
    // A resumed stream sends no totals for the time of the outage; the history has them.
    if (isLive && isReconnecting) void loadHistory();
    isReconnecting = state === 'reconnecting' || state === 'stale';
    if (isLive) agreedMs = Date.now();
    if (!signIn.isNeeded) showConnection(state, sinceMs);
    if (isReconnecting) tab.forgetSoon();
  },
  onTotals: showTotals,
  onRefused: () => void findAccess(),
  onClosed: (stream) => sendBeacon('/v1/unwatch', { stream }),
});

function showTotals(totals: TotalsEvent): void {
  latestTs = totals.ts;
  clockOffsetSeconds = totals.ts - Date.now() / 1000;
  counts.show(totals);
  tab.show(totals.online_total);
  chart.push(totals);
  showCollecting(totals.ts, completeFrom);
  if (totals.online_total > 0) knownSite.remember();
  setUp.follow(!knownSite.hadVisitors && list.room === '' && !numbersOnly.isOn);
}

/** Follows the totals, which move the chart while nothing changes and show that the service is reached. */
async function refreshTotals(): Promise<void> {
  if (!isWatched()) return;
  const room = list.room;
  const totals = await fetchTotals(room);
  // Meanwhile the stream may have been closed, or the viewer may have selected another room.
  if (totals === undefined || !isWatched() || room !== list.room) return;
  connection.confirm();
  if (totals.ts >= latestTs) showTotals(totals);
  checkList(totals);
}

/** Keeps the number in the title of a hidden page, which has no stream. */
async function refreshTitle(): Promise<void> {
  if (!document.hidden || signIn.isNeeded) return;
  const totals = await fetchTotals(list.room);
  if (document.hidden) tab.show(totals?.online_total);
}

/** Reopens the stream when the list and the totals disagree for long: the stream has failed unnoticed. */
function checkList(totals: TotalsEvent): void {
  if (numbersOnly.isOn || totals.online_total === list.size) agreedMs = Date.now();
  if (Date.now() - agreedMs < MAX_DISAGREEMENT_MS) return;
  agreedMs = Date.now();
  connection.reopen();
}

/** Finds out why a stream is refused, and what this browser may see: an EventSource does not report a status. */
async function findAccess(): Promise<void> {
  await loadHistory();
  if (!signIn.isNeeded && (await numbersOnly.findOut(list.room))) openStream();
}

/** Loads the history. The viewer has to sign in where the service refuses it. */
async function loadHistory(): Promise<void> {
  const room = list.room;
  try {
    const history = await request<HistoryAnswer>(serviceUrl('/v1/history', { room }));
    // The viewer may have selected another room meanwhile.
    if (room !== list.room) return;
    chart.restore(history);
    completeFrom = history.complete_from;
    showSignIn(false);
  } catch (error) {
    if (error instanceof ServiceError && (error.status === 401 || error.status === 403)) showSignIn(true);
  }
}

async function refreshRooms(): Promise<void> {
  if (!isWatched() || numbersOnly.isOn) return;
  const [state] = await Promise.all([refreshServiceLine(), list.loadRooms()]);
  if (state !== undefined) access.show(state.public_view);
}

function openStream(): void {
  // Hidden tabs must leave the browser's few connections to the others.
  if (document.hidden || signIn.isNeeded) return;
  connection.open(serviceUrl(numbersOnly.isOn ? '/sse/totals' : '/sse/changes', { room: list.room }));
}

/** Has a stream only while the page is shown. */
function followVisibility(): void {
  if (document.hidden) return connection.close();
  if (connection.isOpen) return;
  openStream();
  setTimeout(() => void list.loadDetails().then(refreshRooms), FIRST_LOAD_MS);
}

function showSignIn(isNeeded: boolean): void {
  const wasNeeded = signIn.isNeeded;
  signIn.show(isNeeded);
  byId('set-up-button').hidden = isNeeded || numbersOnly.isOn;
  if (isNeeded) {
    numbersOnly.reset();
    access.hide();
    connection.close();
    list.closeExplanation();
    showConnection('signed-out');
    tab.show(undefined);
  } else if (wasNeeded) {
    openStream();
  }
}

const showPanel = new ShowPanel(() => list.room);
const access = new AccessPanel(() => list.room);
setInterval(() => void refreshTotals(), TOTALS_MS);
setInterval(() => void refreshRooms(), ROOMS_MS);
setInterval(() => void refreshTitle(), HIDDEN_MS);
document.addEventListener('visibilitychange', followVisibility);
// A page in the back/forward cache keeps no stream, and is shown again by `pageshow`.
addEventListener('pagehide', () => connection.close());
addEventListener('pageshow', followVisibility);
followVisibility();
