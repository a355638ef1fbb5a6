// Loaded into the process of a measured service: answers messages about its memory and its event loop.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');
const loop = monitorEventLoopDelay({ resolution: 1 });
loop.enable();

process.on('message', (question) => {
  if (question === 'memory') {
    collectGarbage();
    collectGarbage();
    const { heapUsed, external, rss } = process.memoryUsage();
    process.send({ usedBytes: heapUsed + external, rssBytes: rss });
  } else if (question === 'reset stalls') {
    loop.reset();
    process.send({});
  } else if (question === 'longest stall') {
    process.send({ stallMs: loop.max / 1e6 });
  }
});
process.channel.unref();
