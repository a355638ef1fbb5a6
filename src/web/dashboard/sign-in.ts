import { find, setText } from './dom.js';
import { ask, forgetToken } from './service.js';

/** Remembered beside the cookie, which scripts cannot see. */
const SIGNED_IN = 'presence-signed-in';

/** The form that is there instead of everything else while the service does not let this browser watch. */
export class SignIn {
  /** @param onSignedIn asked to look again whether the service lets this browser watch */
  constructor(onSignedIn: () => Promise<void>) {
    find('sign-in').addEventListener('submit', (event) => {
      event.preventDefault();
      void signIn(onSignedIn);
    });
    find('sign-out').addEventListener('click', () => void signOut());
    find('sign-out').hidden = !remembered();
  }

  /** Whether it is shown. */
  get isNeeded(): boolean {
    return !find('sign-in').hidden;
  }

  /** Shows it in place of the rest, or the rest. */
  show(isNeeded: boolean): void {
    const isNew = isNeeded && !this.isNeeded;
    if (isNeeded) remember(false);
    find('sign-in').hidden = !isNeeded;
    find('live').hidden = isNeeded;
    find('sign-out').hidden = !remembered();
    if (isNew) find('token').focus();
  }
}

async function signIn(onSignedIn: () => Promise<void>): Promise<void> {
  const input = find<HTMLInputElement>('token');
  try {
    await ask('/v1/sign-in', { method: 'POST', body: JSON.stringify({ token: input.value }) });
    input.value = '';
    setText(find('sign-in-problem'), '');
    remember(true);
    forgetToken();
    await onSignedIn();
    if (find('sign-in').hidden) return;
    setText(
      find('sign-in-problem'),
      'That is right, but opens some rooms only, or this browser keeps no cookies here.',
    );
  } catch (error) {
    setText(find('sign-in-problem'), error instanceof Error ? error.message : String(error));
  }
}

async function signOut(): Promise<void> {
  try {
    await ask('/v1/sign-out', { method: 'POST' });
    remember(false);
    location.reload();
  } catch {
    // Still signed in; the connection's state tells why.
  }
}

function remembered(): boolean {
  try {
    return localStorage.getItem(SIGNED_IN) !== null;
  } catch {
    // Frames of other sites may have no storage; they have no sign-in's cookie either.
    return false;
  }
}

function remember(isSignedIn: boolean): void {
  try {
    if (isSignedIn) localStorage.setItem(SIGNED_IN, 'yes');
    else localStorage.removeItem(SIGNED_IN);
  } catch {
    // As above.
  }
}
