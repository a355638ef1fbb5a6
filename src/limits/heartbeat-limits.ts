import type { IncomingMessage } from 'node:http';
import type { TrustSettings } from '../config/settings.js';
import type { Clock } from '../runtime/clock.js';
import { clientAddress } from './client-address.js';
import { RateLimit } from './rate-limit.js';

/** How many minutes' worth of hits a client may send at once: pages of one visitor tend to load together. */
const BURST_SHARE = 0.5;
const MAX_KEYS = 100_000;

/** A hit over the limit: how many a minute are allowed, and when the next one is. */
export interface LimitReached {
  readonly perMinute: number;
  readonly retryAfterSeconds: number;
}

/** The limits on how often visitors and addresses may send. */
export class HitLimits {
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

  /** Counts a hit. @returns undefined while it is within the limits */
  check(uid: string, request: IncomingMessage): LimitReached | undefined {
    if (this.#byAddress !== undefined) {
      const { headers, socket } = request;
      const address = clientAddress(headers['x-forwarded-for'], socket.remoteAddress, this.#trustedHops);
      const refused = take(this.#byAddress, address, this.#clock.nowMs());
      if (refused !== undefined) return refused;
    }
    return this.#byUid === undefined ? undefined : take(this.#byUid, uid, this.#clock.nowMs());
  }
}

function createLimit(perMinute: number): RateLimit | undefined {
  if (perMinute === 0) return undefined;
  return new RateLimit({ perMinute, burst: Math.max(1, Math.round(perMinute * BURST_SHARE)), maxKeys: MAX_KEYS });
}

function take(limit: RateLimit, key: string, nowMs: number): LimitReached | undefined {
  const { allowed, retryAfterSeconds } = limit.take(key, nowMs);
  return allowed ? undefined : { perMinute: limit.options.perMinute, retryAfterSeconds };
}
