import type { IncomingMessage } from 'node:http';
import type { TrustSettings } from '../config/settings.js';
import type { Clock } from '../runtime/clock.js';
import { clientAddress } from './client-address.js';
import { RateLimit } from './rate-limit.js';

/** How many minutes' worth of hits may come at once: several pages of one visitor tend to load together. */
const BURST_MINUTES = 0.5;
const MAX_KEYS = 100_000;

/** A limit that a hit exceeds: how many a minute are allowed, and when the next one is. */
export interface LimitReached {
  /** What is limited. */
  readonly policy: 'visitor' | 'address';
  readonly perMinute: number;
  readonly retryAfterSeconds: number;
}

/** Limits how often visitors and addresses may send. */
export class HeartbeatLimits {
  readonly #byUid: RateLimit | undefined;
  readonly #byAddress: RateLimit | undefined;
  readonly #trustedHops: number;
  readonly #clock: Clock;

  constructor(settings: TrustSettings, clock: Clock) {
    this.#byUid = createLimit(settings.hitsPerUidPerMinute);
    this.#byAddress = createLimit(settings.hitsPerAddressPerMinute);
    this.#trustedHops = settings.trustedHops;
    this.#clock = clock;
  }

  /** Counts a hit or a leave. @returns the limit it exceeds, or undefined */
  take(uid: string, request: IncomingMessage): LimitReached | undefined {
    const reached = this.#byAddress && take('address', this.#byAddress, this.#addressOf(request), this.#clock.nowMs());
    return reached ?? (this.#byUid && take('visitor', this.#byUid, uid, this.#clock.nowMs()));
  }

  #addressOf({ headers, socket }: IncomingMessage): string {
    return clientAddress(headers['x-forwarded-for'], socket.remoteAddress, this.#trustedHops);
  }
}

function createLimit(perMinute: number): RateLimit | undefined {
  if (perMinute === 0) return undefined;
  return new RateLimit({ perMinute, burst: Math.max(1, Math.round(perMinute * BURST_MINUTES)), maxKeys: MAX_KEYS });
}

function take(policy: LimitReached['policy'], limit: RateLimit, key: string, nowMs: number): LimitReached | undefined {
  const { allowed, retryAfterSeconds } = limit.take(key, nowMs);
  return allowed ? undefined : { policy, perMinute: limit.options.perMinute, retryAfterSeconds };
}
