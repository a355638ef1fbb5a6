import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import { startBadFront } from '../../support/bad-front.js';
import { send } from '../../support/client.js';
import { examined, HEALTHY, kindsOf, startDeployed } from '../../support/doctor.js';
import { freePort } from '../../support/redis.js';
import { SECRET } from '../../support/tokens.js';
import { until } from '../../support/until.js';

const WATCHING = { headers: { authorization: `Bearer ${SECRET}` } };

const openStreams = async (url: string): Promise<number> =>
  (await send(`${url}/v1/service`, WATCHING)).json<{ streams: { open: number } }>().streams.open;

test('a service that is deployed as the documents say is healthy, and the doctor leaves nothing behind', async (t) => {
  const { url } = await startDeployed(t, { LEAVE_SETTLE_SECONDS: '0.1' });
  const findings = await examined(url);
  t.deepEqual(kindsOf(findings), HEALTHY);
  t.like(findings.rollouts, { peer: 'set', isGuarded: true });
  t.like(findings.latency, { isSlow: false });
  const state = async () => (await send(`${url}/v1/visitors/the-doctor`, WATCHING)).json().status;
  await until(async () => (await state()) === 'offline');
  t.is(await openStreams(url), 0);
});

test('without the right to watch, the doctor says what it cannot look at', async (t) => {
  const { url } = await startDeployed(t);
  const findings = await examined(url, { token: undefined, origin: undefined });
  const wanted = { ...HEALTHY, latency: 'not checked', closes: 'not checked', instances: 'not checked' };
  t.deepEqual(kindsOf(findings), { ...wanted, origins: 'not checked' });
  t.like(findings.latency, { reason: 'no right to watch' });
  t.like(findings.origins, { reason: 'no origin' });
  t.like(findings.rollouts, { peer: 'unknown' });
});

test('a wrong token is recognized', async (t) => {
  const { url } = await startDeployed(t, { PUBLIC_VIEW: 'none' });
  const findings = await examined(url, { token: 'x'.repeat(32) });
  t.like(findings.streams, { kind: 'not checked', reason: 'token refused' });
  t.like(findings.instances, { kind: 'not checked', reason: 'token refused' });
});

test('settings that are not ideal are found', async (t) => {
  const { url } = await startDeployed(t, {
    CORS_ALLOW_ORIGIN: '*',
    STREAM_GZIP: 'off',
    CHANGE_INTERVAL_MS: '900',
    TICK_INTERVAL_SECONDS: '0.9',
    PEER_URL: '',
    WATCH_SECRET: '',
  });
  const findings = await examined(url, { token: undefined, aheadMs: 10_000 });
  t.deepEqual(kindsOf(findings), {
    ...HEALTHY,
    gzip: 'gzip lost',
    origins: 'any origin allowed',
    clock: 'clocks differ',
  });
  t.like(findings.gzip, { filesToo: false });
  t.like(findings.latency, { isSlow: true });
  t.like(findings.rollouts, { peer: 'unset', isGuarded: false });
  t.true([-9, -10, -11].includes((findings.clock as { seconds: number }).seconds));
});

test('heartbeats that need a token of a visitor, and pages that may not call, are found', async (t) => {
  const { url } = await startDeployed(t, { HIT_SECRET: 'another-secret-of-thirty-two-characters-or-so' });
  const findings = await examined(url, { origin: 'https://app.example.com' });
  t.deepEqual(findings.latency, { kind: 'not checked', reason: 'visitor tokens' });
  t.deepEqual(findings.origins, { kind: 'origin refused', origin: 'https://app.example.com', status: 403 });
});

test('a front is found that removes headers, keeps paths to itself and hides closes; the doctor still leaves nothing', async (t) => {
  const service = await startDeployed(t);
  const url = await startBadFront(t, [service.url], {
    removes: ['origin', 'accept-encoding'],
    answers: ['/healthz', '/v1/handover'],
    hidesCloses: true,
  });
  const findings = await examined(url);
  t.deepEqual(kindsOf(findings), {
    ...HEALTHY,
    health: 'healthz shadowed',
    gzip: 'gzip lost',
    closes: 'closes hidden',
    rollouts: 'handover blocked',
    origins: 'origin removed',
  });
  t.like(findings.gzip, { filesToo: true });
  t.like(findings.health, { byGoogle: false });
  // That of the totals has no id by which it could be ended.
  t.is(await openStreams(service.url), 1);
});

test('a front that gathers events is found', async (t) => {
  const service = await startDeployed(t);
  const url = await startBadFront(t, [service.url], { gathersMs: 2600 });
  // Patient enough for the first events, so that their ages show it.
  const { streams } = await examined(url, { eventMs: 5000 });
  t.is(streams.kind, 'events held');
});

test('a front that holds events back until it has many is found', async (t) => {
  const service = await startDeployed(t);
  const url = await startBadFront(t, [service.url], { gathersMs: 3_600_000, answers: ['/readyz'] });
  const findings = await examined(url);
  t.like(kindsOf(findings), {
    health: 'not ready',
    streams: 'events held',
    latency: 'events held',
    instances: 'events held',
  });
});

test('two instances that do not share presence are found', async (t) => {
  const services = await Promise.all([startDeployed(t), startDeployed(t)]);
  const url = await startBadFront(
    t,
    services.map((service) => service.url),
    {},
  );
  const { instances, closes } = await examined(url);
  t.deepEqual(instances, { kind: 'instances apart', count: 2 });
  t.deepEqual(closes, { kind: 'not checked', reason: 'several instances' });
});

test('an address where nobody answers is a finding, and everything else is not checked', async (t) => {
  const { address, ...others } = await examined(`http://127.0.0.1:${await freePort()}`);
  t.deepEqual(address, { kind: 'failed', problem: 'refused' });
  for (const finding of Object.values(others)) t.deepEqual(finding, { kind: 'not checked', reason: 'no answer' });
});

test('an unknown name is a finding', async (t) => {
  const { address } = await examined('http://presence-doctor.invalid');
  t.deepEqual(address, { kind: 'failed', problem: 'unknown host' });
});

test('an address where something else answers is a finding', async (t) => {
  const server = createServer((_, response) => response.end('<p>Welcome</p>')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { address } = await examined(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  t.deepEqual(address, { kind: 'stranger', status: 200 });
});

test('a front that stops answering ends no check without a finding, and the examination in time', async (t) => {
  const service = await startDeployed(t);
  const isSilent = (path: string) => path !== '/health' && path !== '/v1/service';
  const url = await startBadFront(t, [service.url], { isSilent });
  const findings = await examined(url, { totalMs: 1000 });
  const { address, ...others } = kindsOf(findings);
  t.is(address, 'answers');
  t.deepEqual([...new Set(Object.values(others))], ['failed']);
  t.like(findings.streams, { problem: 'timeout' });
});
