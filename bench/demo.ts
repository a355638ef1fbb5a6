/**
 * `npm run demo`: the service with simulated visitors, to look at. `PORT` and `VISITORS` may be set. Ends with Ctrl+C.
 */
import { simulatePeople } from './support/people.js';
import { startService } from './support/server.js';

const port = Number(process.env.PORT ?? 8080);
const visitors = Number(process.env.VISITORS ?? 200);
const { url } = await startService(port);
simulatePeople(url, visitors);
console.log(`${visitors} simulated visitors: look at http://localhost:${port}/`);
