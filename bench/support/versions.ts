import { createRequire } from 'node:module';
import { output } from './machine.js';

/** Versions of npm or Debian packages, in one line. Leaves out packages that are not installed. */
export function versionsLine(...packages: readonly string[]): string {
  const manifest = createRequire(import.meta.url)('../../package.json') as Record<string, Record<string, string>>;
  // package.json names exact versions, so they are the installed ones.
  const npm = { ...manifest.dependencies, ...manifest.devDependencies };
  const debian = (name: string) => output('dpkg-query', ['-W', '-f', '$' + '{Version}', name]);
  const versions = packages.map((name) => [name, npm[name] ?? debian(name)]);
  return versions.flatMap(([name, version]) => (version ? [`${name} ${version}`] : [])).join(', ');
}

/** The commit that is measured. Says so when files other than the results differ from it. */
export function measuredCommit(): string {
  const commit = output('git', ['rev-parse', '--short', 'HEAD']);
  if (commit === undefined) return 'an unknown commit';
  const changes = output('git', ['status', '--porcelain', '--', '.', ':!bench/results']);
  return changes === '' ? `commit ${commit}` : `commit ${commit} with uncommitted changes`;
}
