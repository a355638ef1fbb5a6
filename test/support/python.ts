import { execFileSync } from 'node:child_process';

/** Whether there is a Python. */
export const hasPython = (() => {
  try {
    execFileSync('python3', ['-c', ''], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** The first Python that has PyJWT; undefined when there is none. */
export function findPyJwt(): string | undefined {
  // The Debian package is seen by Debian's own Python only.
  return ['python3', '/usr/bin/python3'].find((command) => {
    try {
      execFileSync(command, ['-c', 'import jwt'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}
