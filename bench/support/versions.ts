import { createRequire } from 'node:module';
import { output } from './machine.js';

const NPM_PACKAGES = ['@google-cloud/functions-framework', 'express', 'better-sse'];
const DEBIAN_PACKAGES = ['python3-flask', 'python3-gevent', 'gunicorn', 'nginx', 'libnginx-mod-nchan', 'wrk'];

/** Versions of what is compared, in a line. */
export function versionsLine(): string {
  const manifest = createRequire(import.meta.url)('../../package.json') as Record<string, Record<string, string>>;
  // They are pinned, so that what is asked for is what is installed.
  const pinned = { ...manifest.dependencies, ...manifest.devDependencies };
  const npm = NPM_PACKAGES.map((name) => `${name} ${pinned[name]}`);
  const debian = DEBIAN_PACKAGES.flatMap((name) => {
    const version = output('dpkg-query', ['-W', '-f', '$' + '{Version}', name]);
    return version === undefined || version === '' ? [] : [`${name} ${version}`];
  });
  return [...npm, ...debian].join(', ');
}
