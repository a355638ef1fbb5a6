import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { ExecutionContext } from 'ava';
import { chromiumPath } from './browser.js';
import { until } from './until.js';

type Call = (method: string, params?: object, sessionId?: string) => Promise<Record<string, unknown>>;

/** A page in a background tab. */
export interface HiddenTab {
  /** Brings the tab to the front, and hides the one that was there. */
  show(): Promise<unknown>;
  evaluate(expression: string): Promise<unknown>;
}

/**
 * Opens pages in background tabs of Chromium, with intensive timer throttling after a second instead of five minutes. Uses
 * the DevTools protocol, as Playwright makes every page report that it is visible. Closed after the test.
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
    // Chromium's child processes may still write for a moment after it has exited.
    await until(
      () =>
        rm(profile, { recursive: true, force: true }).then(
          () => true,
          () => false,
        ),
      'the profile to be removed',
    );
  });
  const call = connectDevTools(child.stdio[3] as Writable, child.stdio[4] as Readable);
  const tabs: HiddenTab[] = [];
  for (const url of urls) {
    const { targetId } = await call('Target.createTarget', { url });
    const { sessionId } = await call('Target.attachToTarget', { targetId, flatten: true });
    tabs.push({
      show: () => call('Target.activateTarget', { targetId }),
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

/** Speaks the DevTools protocol over a pipe: JSON messages, each of which ends with a null character. */
function connectDevTools(output: Writable, input: Readable): Call {
  const pending = new Map<number, (message: { result: Record<string, unknown> }) => void>();
  let text = '';
  let lastId = 0;
  input.setEncoding('utf8').on('data', (part: string) => {
    const messages = (text + part).split('\0');
    text = messages.pop()!;
    for (const message of messages) {
      const parsed = JSON.parse(message);
      pending.get(parsed.id)?.(parsed);
    }
  });
  return async (method, params = {}, sessionId = undefined) => {
    const id = ++lastId;
    const answer = new Promise<{ result: Record<string, unknown> }>((resolve) => pending.set(id, resolve));
    output.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return (await answer).result;
  };
}
