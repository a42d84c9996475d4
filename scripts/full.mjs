/** `npm run test:full`: every test over its whole corpus, in place of the sample that `npm test` takes.
 *  `npm run test:hostile`, `npm run test:security`: the counted runs of hours, over as many cases as SECURITY.md tells of. Lines
 *  that begin with COUNT say what was run; `not run` what could not be. TEST_SEED replays a seed. */
const [scale, ...wanted] = process.argv.slice(2);
process.env.TEST_SCALE = scale;
process.argv.splice(2, Infinity, ...wanted);
await import('./test.mjs');
