import { prepare } from './prepare.mjs';
import { main } from './say.mjs';

/** `npm run perf:compare -- [--pairs N --in-flight K --unpinned …]`: Parley : (a) : (b) under one load, in one run. */
await main(async () => {
  await prepare('tests', 'ui');
  await import('../dist/perf/compare.js');
});
