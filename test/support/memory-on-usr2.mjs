// Loaded before the service in a test: on SIGUSR2 it collects garbage and writes how much memory is left in use.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

process.on('SIGUSR2', () => {
  collectGarbage();
  const { heapUsed, arrayBuffers, external } = process.memoryUsage();
  console.log(JSON.stringify({ usedBytes: heapUsed + arrayBuffers + external }));
});
