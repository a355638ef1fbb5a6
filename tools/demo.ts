/**
 * `npm run demo`: the service with simulated visitors, to look at. `PORT` and `VISITORS` may be set. Ends with Ctrl+C.
 */

import { startService } from '../bench/support/server.js';
import { simulatePeople } from './support/demo-visitors.js';

const port = Number(process.env.PORT ?? 8080);
const visitors = Number(process.env.VISITORS ?? 200);
const { url } = await startService(port);
simulatePeople(url, visitors);
console.log(`${visitors} simulated visitors: look at http://localhost:${port}/`);
