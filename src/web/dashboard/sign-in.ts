import { byId, setText } from './dom.js';
import { forgetToken, request, ServiceError } from './service.js';

const WRONG =
  'That is not right. Type the WATCH_SECRET of this service, or a token signed with it; check for a missing character.';
/** Set while signed in, since scripts cannot read the cookie. */
const SIGNED_IN = 'presence-signed-in';

/** The form that replaces the rest of the page while the service does not let this browser watch. */
export class SignIn {
  /** @param onSignedIn hides the form when the service lets this browser watch */
  constructor(onSignedIn: () => Promise<void>) {
    byId('sign-in').addEventListener('submit', (event) => {
      event.preventDefault();
      void signIn(onSignedIn);
    });
    byId('sign-out').addEventListener('click', () => void signOut());
    byId('sign-out').hidden = !isSignedIn();
  }

  /** Whether the form is shown. */
  get isNeeded(): boolean {
    return !byId('sign-in').hidden;
  }

  /** Shows the form, or the rest of the page. */
  show(isNeeded: boolean): void {
    const isNew = isNeeded && !this.isNeeded;
    if (isNeeded) setSignedIn(false);
    byId('sign-in').hidden = !isNeeded;
    byId('live').hidden = isNeeded;
    byId('sign-out').hidden = !isSignedIn();
    if (isNew) byId('token').focus();
  }
}

async function signIn(onSignedIn: () => Promise<void>): Promise<void> {
  const input = byId<HTMLInputElement>('token');
  const problem = byId('sign-in-problem');
  try {
    await request('/v1/sign-in', { method: 'POST', body: JSON.stringify({ token: input.value }) });
    input.value = '';
    setText(problem, '');
    setSignedIn(true);
    forgetToken();
    await onSignedIn();
    if (byId('sign-in').hidden) return;
    setText(problem, 'That is right, but opens some rooms only, or this browser keeps no cookies here.');
  } catch (error) {
    const isWrong = error instanceof ServiceError && error.code === 'token_invalid';
    setText(problem, isWrong ? WRONG : error instanceof Error ? error.message : String(error));
  }
}

async function signOut(): Promise<void> {
  try {
    await request('/v1/sign-out', { method: 'POST' });
    setSignedIn(false);
    location.reload();
  } catch {
    // Still signed in. The connection's state in the header shows that the service cannot be reached.
  }
}

// Frames of other sites may be denied storage, and then they have no cookie either.

function isSignedIn(): boolean {
  try {
    return localStorage.getItem(SIGNED_IN) !== null;
  } catch {
    return false;
  }
}

function setSignedIn(value: boolean): void {
  try {
    if (value) localStorage.setItem(SIGNED_IN, 'yes');
    else localStorage.removeItem(SIGNED_IN);
  } catch {
    // See above.
  }
}
