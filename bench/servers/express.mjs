// A simple presence server with Express and better-sse: a map, a timer and a channel.
import { createChannel, createSession } from 'better-sse';
import express from 'express';

const ONLINE_SECONDS = Number(process.env.ONLINE_WINDOW_SECONDS ?? 60);
const ACTIVE_SECONDS = 300;
const TICK_MS = 2000;

const visitors = new Map();
const channel = createChannel();

function snapshot() {
  const now = Date.now() / 1000;
  const [active, idle] = [[], []];
  for (const [uid, { lastSeen, lastActivity }] of visitors) {
    if (now - lastSeen > ONLINE_SECONDS) visitors.delete(uid);
    else (now - lastActivity <= ACTIVE_SECONDS ? active : idle).push(uid);
  }
  return {
    ts: Math.floor(now),
    online_total: active.length + idle.length,
    active_total: active.length,
    idle_total: idle.length,
    active_uids: active.sort(),
    idle_uids: idle.sort(),
  };
}

const app = express();
app.disable('x-powered-by');
app.use((_request, response, next) => {
  response.set('Access-Control-Allow-Origin', 'https://solar-system-82998.bubbleapps.io');
  response.set('Access-Control-Allow-Credentials', 'true');
  response.set('Vary', 'Origin');
  next();
});
app.post('/v1/hit', express.json({ type: () => true, limit: 8192 }), (request, response) => {
  const { uid, last_activity: lastActivity } = request.body;
  if (typeof uid !== 'string' || uid.length < 1 || uid.length > 256) {
    response.status(400).json({ ok: false, error: 'uid_missing' });
    return;
  }
  const now = Date.now() / 1000;
  visitors.set(uid, { lastSeen: now, lastActivity: Math.min(Number(lastActivity ?? now), now) });
  response.set('Cache-Control', 'no-store').json({ ok: true });
});
app.get('/sse/online', async (request, response) => {
  const session = await createSession(request, response);
  session.push(snapshot());
  channel.register(session);
});
app.get(['/healthz', '/readyz'], (_request, response) => response.json({ ok: true }));

setInterval(() => channel.broadcast(snapshot()), TICK_MS);
app.listen(Number(process.env.PORT), '127.0.0.1');
