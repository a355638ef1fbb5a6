import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { ExecutionContext } from 'ava';
import { chromiumPath } from './browser.js';

type Call = (method: string, params?: object, sessionId?: string) => Promise<Record<string, unknown>>;

/** A page in the background. */
export interface HiddenTab {
  evaluate(expression: string): Promise<unknown>;
}

/**
 * Opens pages in tabs of a real Chromium and then another tab before them, so that they are hidden, with intensive timer
 * throttling after a second instead of five minutes. Spoken to by the browser's own protocol, as Playwright makes every
 * page believe that it is visible. Closed after the test.
 */
export async function openHiddenTabs(t: ExecutionContext, urls: readonly string[]): Promise<HiddenTab[]> {
  const profile = mkdtempSync(join(tmpdir(), 'hidden-tabs-'));
  const throttling = '--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/1';
  const flags = ['--headless=new', '--no-sandbox', '--no-first-run', throttling, '--remote-debugging-pipe'];
  const child = spawn(chromiumPath!, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  t.teardown(async () => {
    const closed = new Promise((resolve) => child.on('close', resolve));
    child.kill();
    await closed;
    // Chromium's helpers may still write for a moment after it has gone.
    rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
  const call = speak(child.stdio[3] as Writable, child.stdio[4] as Readable);
  const tabs: HiddenTab[] = [];
  for (const url of urls) {
    const { targetId } = await call('Target.createTarget', { url });
    const { sessionId } = await call('Target.attachToTarget', { targetId, flatten: true });
    tabs.push({
      evaluate: async (expression) => {
        const { result } = await call('Runtime.evaluate', { expression, returnByValue: true }, sessionId as string);
        return (result as { value: unknown }).value;
      },
    });
  }
  const front = await call('Target.createTarget', { url: 'about:blank' });
  await call('Target.activateTarget', { targetId: front.targetId });
  return tabs;
}

/** The DevTools protocol over a pipe: JSON messages that a null character ends. */
function speak(output: Writable, input: Readable): Call {
  const waiting = new Map<number, (message: { result: Record<string, unknown> }) => void>();
  let text = '';
  let lastId = 0;
  input.setEncoding('utf8').on('data', (part: string) => {
    const messages = (text + part).split('\0');
    text = messages.pop()!;
    for (const message of messages) {
      const parsed = JSON.parse(message);
      waiting.get(parsed.id)?.(parsed);
    }
  });
  return async (method, params = {}, sessionId = undefined) => {
    const id = ++lastId;
    const answer = new Promise<{ result: Record<string, unknown> }>((resolve) => waiting.set(id, resolve));
    output.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return (await answer).result;
  };
}
