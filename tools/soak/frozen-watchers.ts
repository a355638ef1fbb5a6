import { type ChildProcess, spawn } from 'node:child_process';

const PERIOD_MS = 10_000;

/**
 * Starts curl processes that watch `/sse/online` and are stopped and continued at random, like browsers of sleeping
 * computers. They test that the service closes streams that do not drain.
 *
 * @param url the address of the service at the moment
 * @returns a function that ends them
 */
export function startFrozenWatchers(count: number, url: () => string): () => void {
  const stops = Array.from({ length: count }, () => startFrozenWatcher(url));
  return () => {
    for (const stop of stops) stop();
  };
}

function startFrozenWatcher(url: () => string): () => void {
  let child: ChildProcess | undefined;
  const step = () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
      child = spawn('curl', ['-sN', `${url()}/sse/online`], { stdio: 'ignore' });
    }
    child.kill(Math.random() < 0.5 ? 'SIGSTOP' : 'SIGCONT');
  };
  const timer = setInterval(step, PERIOD_MS);
  step();
  return () => {
    clearInterval(timer);
    child?.kill('SIGKILL');
  };
}
