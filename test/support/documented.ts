// What the documents must name, taken from the code and from the running service.
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import type { ExecutionContext } from 'ava';
import { readConfig, VARIABLES } from '../../src/config/read-config.js';
import { errorCodes, errorStatus } from '../../src/protocol/errors.js';
import { startCli } from './cli.js';
import { hit, openStream, send } from './client.js';
import { startService } from './service.js';

/** Every error code with its status. */
export const errors: readonly (readonly [code: string, status: number])[] = errorCodes.map((code) => [
  code,
  errorStatus(code),
]);

/** Every environment variable with its default as an operator would write it. */
export const settings: readonly (readonly [variable: string, byDefault: string])[] = Object.entries(VARIABLES).map(
  ([variable, spec]) => [variable, written((spec as { default?: unknown }).default)],
);

/** The bounds of a variable that is a number, as in `0.1 to 3600`. */
export function boundsOf(variable: string): string | undefined {
  const result = readConfig({ [variable]: 'no number' });
  const message = result.ok ? '' : result.error[0]!.message;
  return /^must be a (?:whole )?number from ([\d.]+ to [\d.]+);/.exec(message)?.[1];
}

function written(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (Array.isArray(value)) return value.join(',');
  return value === undefined ? '' : String(value);
}

/** Every route, as in `GET /v1/online`, of a service with everything switched on. */
export async function routes(t: ExecutionContext): Promise<string[]> {
  const { url, service } = await startService(t, { METRICS: 'open' });
  const all: string[] = [];
  for (const path of service.paths) {
    const { headers } = await send(url + path, { method: 'OPTIONS' });
    const methods = String(headers.allow).split(', ');
    // Every route that answers GET answers HEAD, and every route OPTIONS; both are stated once.
    all.push(
      ...methods.filter((method) => method !== 'HEAD' && method !== 'OPTIONS').map((method) => `${method} ${path}`),
    );
  }
  return all;
}

/** Every metric of the service's own with its type, of one that shares presence. */
export async function metrics(t: ExecutionContext): Promise<(readonly [name: string, type: string])[]> {
  // Nobody listens there; the metrics are the same.
  const { url } = await startCli(t, { METRICS: 'open', REDIS_URL: 'redis://127.0.0.1:1', LOG_LEVEL: 'info' });
  const { text } = await send(`${url}/metrics`);
  const webhooks = { WEBHOOK_URL: 'http://127.0.0.1:1/', WEBHOOK_SECRET: `whsec_${'A'.repeat(32)}` };
  const other = await startCli(t, { METRICS: 'open', ...webhooks });
  const more = (await send(`${other.url}/metrics`)).text.match(/^# TYPE presence_webhook.*$/gm)!.join('\n');
  return Array.from(`${text}\n${more}`.matchAll(/^# TYPE (presence_\w+) (\w+)$/gm), ([, name, type]) => [name!, type!]);
}

/** The names of all members that answers and events have. */
export async function members(t: ExecutionContext): Promise<Set<string>> {
  const { url, time } = await startService(t, { LEAVE_SETTLE_SECONDS: '0' });
  const stream = await openStream(t, `${url}/sse/changes`);
  await hit(url, { uid: 'ada', room: 'lobby', info: {} });
  time.pass(10_000);
  const answers: unknown[] = [await stream.next(), await stream.next()];
  for (const path of [
    '/v1/online',
    '/v1/history',
    '/v1/rooms',
    '/v1/service',
    '/v1/setup',
    '/v1/visitors/ada',
    '/v1/visitors?uids=ada',
  ]) {
    answers.push((await send(url + path)).json());
  }
  return new Set(answers.flatMap(namesIn));
}

function namesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => [...(Array.isArray(value) ? [] : [name]), ...namesIn(each)]);
}

/** The attributes that the elements follow. */
export function elementAttributes(): string[] {
  const attributes = new Set<string>();
  class HTMLScriptElement {
    src = 'http://localhost/elements.js';
  }
  const document = { currentScript: new HTMLScriptElement(), addEventListener: () => {} };
  const customElements = {
    get: () => undefined,
    define: (_: string, element: { observedAttributes: string[] }) => {
      for (const attribute of element.observedAttributes) attributes.add(attribute);
    },
  };
  const context = { document, customElements, HTMLScriptElement, HTMLElement: class {}, URL, console, Set, Map };
  const script = readFileSync('dist/web/elements.js', 'utf8');
  runInNewContext(script, { ...context, window: {}, performance, addEventListener: () => {} });
  return [...attributes];
}

/** The attributes of the visitor script's tag: those it reads, and those it follows when they change. */
export function scriptAttributes(): { read: string[]; followed: string[] } {
  const read = new Set<string>();
  const followed: string[] = [];
  class HTMLScriptElement {
    src = 'http://localhost/client.js';
    dataset = new Proxy({} as Record<string, string>, {
      get: (_, name) => {
        read.add(`data-${String(name).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
        // Without a uid the script only reads.
        return name === 'uid' ? '' : undefined;
      },
    });
  }
  class MutationObserver {
    disconnect() {}
    observe(_: unknown, { attributeFilter }: { attributeFilter: string[] }) {
      followed.push(...attributeFilter);
    }
  }
  const window = {};
  const document = { currentScript: new HTMLScriptElement(), querySelectorAll: () => [] };
  const script = readFileSync('dist/web/client.js', 'utf8');
  runInNewContext(script, { window, document, HTMLScriptElement, MutationObserver, URL, console });
  // Some are read only when they are needed.
  return { read: [...new Set([...read, ...followed])], followed };
}
