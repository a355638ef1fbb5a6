import base from './ava.config.js';

/** Runs the unit tests in the few processes that scripts/collect-unit-tests.mjs makes of them. */
export default { ...base, files: ['dist/test/unit-*.test.ts'] };
