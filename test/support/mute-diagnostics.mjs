// Loaded before the service in a test: Node no longer announces servers, as it may not in some later version.
import { createRequire, syncBuiltinESMExports } from 'node:module';

createRequire(import.meta.url)('node:diagnostics_channel').subscribe = () => {};
syncBuiltinESMExports();
