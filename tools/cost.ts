/**
 * `npm run cost`: writes docs/cost.md from the figures in bench/results/results.md and the prices in tools/cost/prices.ts.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { costDocument } from './cost/document.js';
import { readMeasured } from './cost/measured.js';

writeFileSync('docs/cost.md', costDocument(readMeasured(readFileSync('bench/results/results.md', 'utf8'))));
console.log('docs/cost.md is written.');
