// The same work as `bare.mjs`, as a function that leaves HTTP to the Functions Framework and its Express.
import { http } from '@google-cloud/functions-framework';

const visitors = new Map();

http('stock', (request, response) => {
  if (request.method === 'POST') {
    const { uid, last_activity: lastActivity } = request.body;
    visitors.set(uid, { lastSeen: Date.now(), lastActivity });
  }
  response.set('Access-Control-Allow-Origin', 'https://solar-system-82998.bubbleapps.io');
  response.set('Access-Control-Allow-Credentials', 'true');
  response.set('Vary', 'Origin');
  response.set('Cache-Control', 'no-store');
  response.status(200).json({ ok: true });
});
