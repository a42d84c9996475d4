import { prepare } from './prepare.mjs';
import { main } from './say.mjs';

/** `npm run perf -- [figure …] [--quick] [--list]`: measures and writes perf/results/. `npm run perf:compare -- [--pairs N …]`: one load
 *  of one's own choice. `npm run perf:client`: what the client costs in a browser. `npm run perf:guard`: fails on a large regression. */
await main(async () => {
  const [command] = process.argv.splice(2, 1);
  await prepare('tests', 'ui');
  await import(`../dist/perf/${command}.js`);
});
