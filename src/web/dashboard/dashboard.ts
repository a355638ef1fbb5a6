import type { HistoryAnswer, OnlineStatus, TotalsEvent } from '../../protocol/messages.js';
import { Chart } from './chart.js';
import { Connection } from './connection.js';
import { setUpCopy } from './copy.js';
import { Counts } from './counts.js';
import { byId, oncePerFrame, setText } from './dom.js';
import { Explanation } from './explanation.js';
import { formatCount } from './format.js';
import { GoneVisitor } from './gone-visitor.js';
import { showCollecting, showConnection } from './header.js';
import { refusesHeartbeats } from './heartbeat-access.js';
import { KnownSite } from './known-site.js';
import { OnlineVisitors } from './online-visitors.js';
import { pageSnippet } from './page-snippets.js';
import { loadRooms } from './rooms.js';
import { request, ServiceError, sendBeacon, serviceUrl } from './service.js';
import { refreshServiceLine } from './service-line.js';
import { ShowPanel } from './show-panel.js';
import { SignIn } from './sign-in.js';
import { fetchTotals } from './totals.js';
import { setUpVisitorButton } from './visitor-button.js';
import { fetchDetails } from './visitor-details.js';
import { VisitorList } from './visitor-list.js';

const TOTALS_MS = 2000;
const DETAILS_MS = 3000;
/** How long the list has to be at rest before the details of its rows are loaded. */
const DETAILS_PAUSE_MS = 200;
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

const visitors = new OnlineVisitors();
const chart = new Chart(byId('chart'));
const counts = new Counts(() => isLive);
const signIn = new SignIn(loadHistory);
const explanation = new Explanation(byId('explanation'), nowSeconds, () => list.focus());
const list = new VisitorList({
  scroller: byId('scroller'),
  list: byId('list'),
  onSelect: (uid) => void explanation.open(uid, visitors.nameOf(uid)),
  nowSeconds,
});
const gone = new GoneVisitor(byId('gone'), nowSeconds);
const knownSite = new KnownSite();
const textFilter = byId<HTMLInputElement>('find');
const statusFilter = byId<HTMLSelectElement>('status');
const roomFilter = byId<HTMLSelectElement>('room');

const connection = new Connection({
  onSnapshot(snapshot) {
    visitors.restore(snapshot);
    setText(byId('latest'), '');
    agreedMs = Date.now();
    showTotals(snapshot);
    scheduleList();
    // The service may have restarted, with a new history.
    void loadHistory();
  },
  onChange(change) {
    const latest = visitors.apply(change);
    if (latest !== undefined) setText(byId('latest'), latest);
    list.markFresh((change.joined ?? []).map(({ uid }) => uid));
    // A resumed stream sends old changes first.
    if (change.ts >= latestTs) showTotals(change);
    scheduleList();
  },
  onState(state, sinceMs) {
    isLive = state === 'live';
    // A resumed stream sends no totals for the time of the outage; the history has them.
    if (isLive && isReconnecting) void loadHistory();
    isReconnecting = state === 'reconnecting' || state === 'stale';
    if (isLive) agreedMs = Date.now();
    if (!signIn.isNeeded) showConnection(state, sinceMs);
  },
  onRefused: () => void loadHistory(),
  onClosed: (stream) => sendBeacon('/v1/unwatch', { stream }),
});

function showTotals(totals: TotalsEvent): void {
  latestTs = totals.ts;
  clockOffsetSeconds = totals.ts - Date.now() / 1000;
  counts.show(totals);
  chart.push(totals.ts, totals.online_total, totals.active_total);
  showCollecting(totals.ts, completeFrom);
  if (totals.online_total > 0) knownSite.remember();
  showStart(!knownSite.hadVisitors && roomFilter.value === '');
}

/** Shows how to begin, while the site has never had a visitor. */
function showStart(isShown: boolean): void {
  const isNew = isShown && byId('start').hidden;
  byId('start').hidden = !isShown;
  if (isNew) void refusesHeartbeats('somebody').then((isRefused) => setText(byId('snippet'), visitorTag(isRefused)));
}

function visitorTag(needsVisitorToken: boolean): string {
  return pageSnippet('visitor', { origin: location.origin, room: '', forbidden: [], needsVisitorToken });
}

/** Follows the totals, which move the chart while nothing changes and show that the service is reached. */
async function refreshTotals(): Promise<void> {
  if (!isWatched()) return;
  const room = roomFilter.value;
  const totals = await fetchTotals(room);
  // Meanwhile the stream may have been closed, or the viewer may have selected another room.
  if (totals === undefined || !isWatched() || room !== roomFilter.value) return;
  connection.confirm();
  if (totals.ts >= latestTs) showTotals(totals);
  checkList(totals);
}

/** Reopens the stream when the list and the totals disagree for long: the stream has failed unnoticed. */
function checkList(totals: TotalsEvent): void {
  if (totals.online_total === visitors.size) agreedMs = Date.now();
  if (Date.now() - agreedMs < MAX_DISAGREEMENT_MS) return;
  agreedMs = Date.now();
  connection.reopen();
}

const scheduleList = oncePerFrame(() => {
  const status = statusFilter.value as '' | OnlineStatus;
  const entries = visitors.select({ text: textFilter.value, status });
  list.show(entries);
  const isFiltered = textFilter.value.trim() !== '' || status !== '';
  setText(byId('found'), isFiltered ? `${formatCount(entries.length)} of ${formatCount(visitors.size)}` : '');
  const none = byId('none');
  none.hidden = entries.length > 0;
  setText(byId('none-online'), visitors.size === 0 ? 'Nobody is online here.' : 'Nobody who is online fits.');
  byId('scroller').hidden = visitors.size === 0;
  gone.show(entries.length > 0 ? '' : textFilter.value.trim());
});

/** Loads the history, and finds out whether the service lets this browser watch: an EventSource does not report a status. */
async function loadHistory(): Promise<void> {
  const room = roomFilter.value;
  try {
    const history = await request<HistoryAnswer>(serviceUrl('/v1/history', { room }));
    // The viewer may have selected another room meanwhile.
    if (room !== roomFilter.value) return;
    chart.restore(history);
    completeFrom = history.complete_from;
    showSignIn(false);
  } catch (error) {
    if (error instanceof ServiceError && (error.status === 401 || error.status === 403)) showSignIn(true);
  }
}

async function loadDetails(): Promise<void> {
  // Without the service, what is known gets older.
  if (!isWatched()) return list.refresh();
  try {
    list.setDetails(await fetchDetails(list.inView));
  } catch {
    // The connection's state in the header shows that the service cannot be reached.
  }
}

let detailsTimer: ReturnType<typeof setTimeout> | undefined;

/** Loads the details of other rows once nobody types or scrolls any more. */
function scheduleDetails(): void {
  clearTimeout(detailsTimer);
  detailsTimer = setTimeout(() => void loadDetails(), DETAILS_PAUSE_MS);
}

async function refreshRooms(): Promise<void> {
  if (isWatched()) await Promise.all([loadRooms(roomFilter), refreshServiceLine()]);
}

function openStream(): void {
  // Hidden tabs must leave the browser's few connections to the others.
  if (!document.hidden && !signIn.isNeeded) connection.open(serviceUrl('/sse/changes', { room: roomFilter.value }));
}

/** Has a stream only while the page is shown. */
function followVisibility(): void {
  if (document.hidden) return connection.close();
  if (connection.isOpen) return;
  openStream();
  setTimeout(() => void loadDetails().then(refreshRooms), FIRST_LOAD_MS);
}

function showSignIn(isNeeded: boolean): void {
  const wasNeeded = signIn.isNeeded;
  signIn.show(isNeeded);
  if (isNeeded) {
    connection.close();
    explanation.close();
    showConnection('signed-out');
  } else if (wasNeeded) {
    openStream();
  }
}

setText(byId('snippet'), visitorTag(false));
setUpCopy(byId<HTMLButtonElement>('copy'), byId('snippet'));
const showPanel = new ShowPanel(() => roomFilter.value);
setUpVisitorButton(byId('be-visitor'));
for (const [filter, event] of [
  [textFilter, 'input'],
  [statusFilter, 'change'],
] as const) {
  filter.addEventListener(event, () => {
    list.scrollToStart();
    scheduleList();
    scheduleDetails();
  });
}
roomFilter.addEventListener('change', () => {
  visitors.restore({ visitors: [] });
  openStream();
  void showPanel.refresh();
});
byId('scroller').addEventListener('scrollend', () => void loadDetails());
setInterval(() => void refreshTotals(), TOTALS_MS);
setInterval(() => void loadDetails(), DETAILS_MS);
setInterval(() => void refreshRooms(), ROOMS_MS);
// A token for one room cannot open the whole site, so the page's address may name the room.
const room = new URLSearchParams(location.search).get('room');
if (room) roomFilter.append(new Option(room, room, true, true));
document.addEventListener('visibilitychange', followVisibility);
// A page in the back/forward cache keeps no stream, and is shown again by `pageshow`.
addEventListener('pagehide', () => connection.close());
addEventListener('pageshow', followVisibility);
followVisibility();
