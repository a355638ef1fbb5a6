/** How AVA runs every test file, each in a process of its own. */
export default {
  files: ['test/**/*.test.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  // Tests mostly wait, for browsers and processes; AVA's own choice in CI leaves half of the time unused.
  concurrency: 3,
  timeout: '2m',
};
