import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { Webhook } from 'standardwebhooks';
import { createSender, type SendFailure } from '../../src/webhooks/sender.js';
import { type Answer, startReceiver, WEBHOOK_SECRET } from '../support/receiver.js';
import { freePort } from '../support/redis.js';
import { FakeTime } from '../support/time.js';
import { until } from '../support/until.js';

const OTHER_SECRET = `whsec_${Buffer.from('another key of thirty-two bytes!').toString('base64')}`;
const MESSAGE = {
  id: 'msg_1',
  body: '{"type":"visitor.left","timestamp":"2026-01-01T00:00:00.000Z","data":{"uid":"ü"}}',
};

function senderTo(url: string, secrets = [WEBHOOK_SECRET]) {
  const time = new FakeTime();
  time.setWallClockOff(Date.now() - time.wallMs());
  const send = createSender({ settings: { url, secrets }, clock: time, timers: time, version: '1.2.3' });
  return { time, send: () => send(MESSAGE, new AbortController().signal) };
}

/** Sends one message to a receiver that answers in a given way. */
async function failureOf(t: ExecutionContext, answer: Answer): Promise<SendFailure | undefined> {
  const receiver = await startReceiver(t);
  receiver.answer = answer;
  const result = await senderTo(receiver.url).send();
  t.is(receiver.received.length, 1, 'one request');
  return result.ok ? undefined : result.error;
}

test('a message is signed with every secret, so that one can be replaced by another', async (t) => {
  const receiver = await startReceiver(t);
  t.true((await senderTo(receiver.url, [OTHER_SECRET, WEBHOOK_SECRET]).send()).ok);
  const { headers, message } = receiver.received[0]!;
  const both = headers as Record<string, string>;
  t.deepEqual(new Webhook(OTHER_SECRET).verify(MESSAGE.body, both), message);
  t.throws(() => new Webhook(OTHER_SECRET).verify(MESSAGE.body.replace('left', 'joined'), both));
  t.is(headers['webhook-id'], 'msg_1');
  t.is(headers['user-agent'], 'presence-service/1.2.3');
});

for (const status of [200, 202, 204]) {
  test(`an answer of ${status} accepts the message`, async (t) => {
    t.is(await failureOf(t, (response) => response.writeHead(status).end()), undefined);
  });
}

for (const status of [400, 404, 429, 500, 503]) {
  test(`an answer of ${status} is a failure`, async (t) => {
    const failure = await failureOf(t, (response) => response.writeHead(status).end('no'));
    t.deepEqual(failure, { problem: `it answered ${status}`, isGone: false });
  });
}

test('an answer of 410 is the end', async (t) => {
  t.true((await failureOf(t, (response) => response.writeHead(410).end()))!.isGone);
});

for (const status of [301, 302, 307, 308]) {
  test(`a redirect with ${status} is a failure, and is not followed`, async (t) => {
    const elsewhere = await startReceiver(t);
    const failure = await failureOf(t, (response) => response.writeHead(status, { location: elsewhere.url }).end());
    t.deepEqual(failure, { problem: `it answered ${status}, and redirects are not followed`, isGone: false });
    t.is(elsewhere.received.length, 0);
  });
}

test('a receiver that resets the connection is a failure', async (t) => {
  const failure = await failureOf(t, (_, request) => request.socket.resetAndDestroy());
  t.regex(failure!.problem, /ECONNRESET|other side closed/);
});

test('a receiver that nobody listens for is a failure', async (t) => {
  const result = await senderTo(`http://127.0.0.1:${await freePort()}/`).send();
  t.regex(!result.ok ? result.error.problem : '', /ECONNREFUSED/);
});

test('a receiver that does not answer within 15 s is a failure', async (t) => {
  const receiver = await startReceiver(t);
  receiver.answer = () => {};
  const { time, send } = senderTo(receiver.url);
  const sent = send();
  await until(() => receiver.received.length === 1);
  time.pass(14_999);
  t.is(await Promise.race([sent, Promise.resolve('waiting')]), 'waiting');
  time.pass(1);
  t.deepEqual(await sent, { ok: false, error: { problem: 'no answer within 15 s', isGone: false } });
});

test('an answer whose body does not end is given up after 15 s, and its status counts', async (t) => {
  const receiver = await startReceiver(t);
  receiver.answer = (response) => response.writeHead(200).write('begun');
  const { time, send } = senderTo(receiver.url);
  let isOver = false;
  const sent = send().finally(() => {
    isOver = true;
  });
  await until(() => {
    time.pass(1000);
    return isOver;
  });
  t.true((await sent).ok);
});

test('an answer without end is not read to its end', async (t) => {
  let bytes = 0;
  const failure = await failureOf(t, (response) => {
    const part = Buffer.alloc(65_536);
    const write = () => {
      while (!response.destroyed && bytes < 2e8) {
        bytes += part.length;
        if (!response.write(part)) return void response.once('drain', write);
      }
      response.end();
    };
    write();
  });
  t.is(failure, undefined);
  t.true(bytes < 1e8, `${bytes} bytes were sent`);
});

test('what is no HTTP is a failure', async (t) => {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.end('SSH-2.0-OpenSSH\r\n');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  t.false((await senderTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`).send()).ok);
});

test('a receiver with a certificate that nobody vouches for is a failure that names the reason', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const options = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-keyout', key, '-out', cert, ...subject];
  execFileSync('openssl', ['req', ...options], { stdio: 'ignore' });
  let requests = 0;
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, () => requests++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const result = await senderTo(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`).send();
  t.regex(!result.ok ? result.error.problem : '', /self-signed certificate \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
  t.is(requests, 0);
});
