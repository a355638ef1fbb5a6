import { Webhook } from 'standardwebhooks';
import type { WebhookSettings } from '../config/settings.js';
import { fail, ok, type Result } from '../protocol/result.js';
import type { Clock } from '../runtime/clock.js';
import type { Timers } from '../runtime/timers.js';
import type { Message } from './queue.js';

/** Why the receiver does not have a message. */
export interface SendFailure {
  /** A phrase for an operator. */
  readonly problem: string;
  /** Whether the receiver asks for an end of all deliveries (410). */
  readonly isGone: boolean;
}

/** Sends a message once, and gives up when `signal` aborts. Never rejects. */
export type Send = (
  message: Pick<Message, 'id' | 'body'>,
  signal: AbortSignal,
) => Promise<Result<undefined, SendFailure>>;

/** What sending works with. */
export interface SenderDependencies {
  readonly settings: Pick<WebhookSettings, 'url' | 'secrets'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly version: string;
}

/** How long a receiver may take to answer. */
const TIMEOUT_MS = 15_000;
/** An answer is read this far, so that its connection can be used again; after more, the connection is closed. */
const MAX_ANSWER_BYTES = 16_384;

/** Sends messages by POST, signed as Standard Webhooks says. Redirects are not followed: they count as failures. */
export function createSender({ settings, clock, timers, version }: SenderDependencies): Send {
  const signers = settings.secrets.map((secret) => new Webhook(secret));
  return async ({ id, body }, signal) => {
    const timeout = new AbortController();
    const cancelTimeout = timers.after(TIMEOUT_MS, () => timeout.abort());
    const date = new Date(clock.wallMs());
    try {
      const response = await fetch(settings.url, {
        method: 'POST',
        redirect: 'manual',
        signal: AbortSignal.any([signal, timeout.signal]),
        headers: {
          'content-type': 'application/json',
          'user-agent': `presence-service/${version}`,
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(date.getTime() / 1000)),
          'webhook-signature': signers.map((signer) => signer.sign(id, date, body)).join(' '),
        },
        body,
      });
      await drain(response);
      const { status } = response;
      if (response.ok) return ok(undefined);
      return fail({ problem: describeStatus(status), isGone: status === 410 });
    } catch (error) {
      const problem = timeout.signal.aborted ? `no answer within ${TIMEOUT_MS / 1000} s` : describeError(error);
      return fail({ problem, isGone: false });
    } finally {
      cancelTimeout();
    }
  };
}

/** The status decides; whatever happens to the rest of the answer does not matter. */
async function drain(response: Response): Promise<void> {
  try {
    let bytes = 0;
    // Leaving the loop cancels the rest.
    for await (const part of response.body ?? []) {
      bytes += part.byteLength;
      if (bytes > MAX_ANSWER_BYTES) return;
    }
  } catch {}
}

function describeStatus(status: number): string {
  const isRedirect = status >= 300 && status < 400;
  return isRedirect ? `it answered ${status}, and redirects are not followed` : `it answered ${status}`;
}

/** `fetch` rejects with "fetch failed"; the reason, such as a refused connection or certificate, is its cause. */
function describeError(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  const { code, message } = (cause ?? error) as { code?: string; message?: string };
  return [message, code === undefined ? '' : `(${code})`].filter(Boolean).join(' ') || String(error);
}
