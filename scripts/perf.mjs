import { prepare } from './prepare.mjs';
import { main } from './say.mjs';

/** `npm run perf -- [figure …] [--quick] [--list]`: measures and writes perf/results/. */
await main(async () => {
  await prepare('tests', 'ui');
  await import('../dist/perf/main.js');
});
