import { SignJWT } from 'jose';

export const SECRET = 'a-secret-of-at-least-thirty-two-characters';
export const OLD_SECRET = 'another-secret-of-thirty-two-characters-or-so';

/** A token as an operator's backend would make one. `exp` and `nbf` in Unix seconds. */
export function sign(claims: Record<string, unknown>, secret = SECRET, alg = 'HS256'): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));
}
