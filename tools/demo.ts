/**
 * `npm run demo`: the service with simulated visitors, to look at in a browser. Ctrl+C ends it.
 *
 *     npm run demo -- --port 8081 --visitors 50
 */
import { readCommandLine } from '../bench/support/options.js';
import { startService } from '../bench/support/server.js';
import { startDemoVisitors } from './support/demo-visitors.js';

const { options } = readCommandLine('demo', { port: 8080, visitors: 200 });
const { url } = await startService(options.port);
startDemoVisitors(url, options.visitors);
console.log(
  `${options.visitors} simulated visitors. Open http://localhost:${options.port}/ in a browser; Ctrl+C ends the demo.`,
);
