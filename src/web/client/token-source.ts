import type { GetToken, Visitor } from './api.js';

/** A token is renewed this long before it expires, or after half of its time if that is later. */
const RENEW_BEFORE_MS = 60_000;

/** Keeps the token of the visitor and renews it before it expires. */
export interface TokenSource {
  /** The token at hand, even if it has expired. */
  held(visitor: Visitor): string | undefined;
  /** Whether there may be a token and it is to be fetched first. Other heartbeats are sent without a wait. */
  isDue(visitor: Visitor): boolean;
  /** Fetches a token and gives it, or the one at hand if that is still good. Rejects when there is no token and the fetch of one fails. */
  fresh(visitor: Visitor): Promise<string | undefined>;
  /** Replaces a token that the service has refused. Rejects when the fetch fails. @returns false when there is no other */
  renew(visitor: Visitor): Promise<boolean>;
}

/** Creates a source that uses the visitor's own token until it expires or is refused, and then those of `getToken`. */
export function createTokenSource(getToken: GetToken | undefined, nowMs: () => number): TokenSource {
  let owner: Visitor | undefined;
  let token: string | undefined;
  let renewAtMs = 0;

  const isOwner = ({ uid, token: own }: Visitor) => owner?.uid === uid && owner.token === own;

  function hold(visitor: Visitor, next: string | undefined): void {
    owner = visitor;
    token = next;
    const remainingMs = expiryMs(next) - nowMs();
    // A new token that seems to have expired means that the clock of this machine is wrong.
    renewAtMs = remainingMs > 0 ? nowMs() + Math.max(remainingMs / 2, remainingMs - RENEW_BEFORE_MS) : Infinity;
  }

  /** Keeps the token that is held, unless the page has changed the visitor or the token. */
  function held(visitor: Visitor): string | undefined {
    if (!isOwner(visitor)) hold(visitor, visitor.token);
    return token;
  }

  async function renew(visitor: Visitor): Promise<boolean> {
    const next = await getToken?.(visitor.uid);
    // The page may have changed the visitor meanwhile.
    if (!isOwner(visitor) || !next || next === token) return false;
    hold(visitor, next);
    return true;
  }

  return {
    held,
    renew,
    isDue: (visitor) => getToken !== undefined && (!held(visitor) || nowMs() >= renewAtMs),
    async fresh(visitor) {
      await renew(visitor).catch((error) => {
        // Until it expires the old token is as good, and the next heartbeat tries again.
        if (!token) throw error;
      });
      return token;
    },
  };
}

/** When a JSON Web Token expires, in Unix milliseconds; `Infinity` when that is unknown. */
function expiryMs(token: string | undefined): number {
  try {
    const { exp } = JSON.parse(atob(token!.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/')));
    return exp > 0 ? exp * 1000 : Infinity;
  } catch {
    return Infinity;
  }
}
