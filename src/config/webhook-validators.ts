import { isIP } from 'node:net';
import { makeValidator } from 'envalid';
import { WEBHOOK_EVENT_TYPES, type WebhookEventType } from '../protocol/webhook-events.js';

/** Standard Webhooks asks for keys of 24 to 64 bytes. */
const KEY_BYTES = { least: 24, most: 64 };

/** The address of a receiver. The message must not contain it: such addresses often include a secret. */
export const webhookUrl = makeValidator((text): string | undefined => {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  const isAllowed = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  // `fetch` refuses addresses with credentials.
  if (url !== undefined && isAllowed && url.username === '' && url.password === '') return url.href;
  throw new Error(
    'must be an address such as https://example.com/presence, without user and password; http:// is allowed for loopback addresses only',
  );
});

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}

/** Secrets in the form of Standard Webhooks, separated by commas. The message must not contain them. */
export const webhookSecrets = makeValidator((text): readonly string[] => {
  const list = text.split(',').map((secret) => secret.trim());
  if (list.every(isWebhookSecret)) return list;
  throw new Error(
    `must be whsec_ and the Base64 of ${KEY_BYTES.least} to ${KEY_BYTES.most} random bytes; separate several with commas`,
  );
});

function isWebhookSecret(secret: string): boolean {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  if (base64 === undefined || base64.length % 4 !== 0) return false;
  const { length } = Buffer.from(base64, 'base64');
  return length >= KEY_BYTES.least && length <= KEY_BYTES.most;
}

/** `all`, or types of events, separated by commas. */
export const webhookEvents = makeValidator((text): readonly WebhookEventType[] | 'all' => {
  if (text.trim() === 'all') return 'all';
  return text.split(',').map((name) => {
    const type = WEBHOOK_EVENT_TYPES.find((each) => each === name.trim());
    if (type !== undefined) return type;
    throw new Error(
      `must be all, or some of ${WEBHOOK_EVENT_TYPES.join(', ')}, separated by commas; ${JSON.stringify(name.trim())} is none of them`,
    );
  });
});
