// The lowest cost of a heartbeat in Node: read the body, parse it, store it, and answer with the service's headers.
import { createServer } from 'node:http';

const visitors = new Map();
const headers = {
  'Access-Control-Allow-Origin': 'https://solar-system-82998.bubbleapps.io',
  'Access-Control-Allow-Credentials': 'true',
  Vary: 'Origin',
  'Content-Type': 'application/json',
  'Cache-Control': 'no-store',
  'Content-Length': 11,
};

createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (part) => {
    body += part;
  });
  request.on('end', () => {
    if (request.method === 'POST') {
      const { uid, last_activity: lastActivity } = JSON.parse(body);
      visitors.set(uid, { lastSeen: Date.now(), lastActivity });
    }
    response.writeHead(200, headers);
    response.end('{"ok":true}');
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
