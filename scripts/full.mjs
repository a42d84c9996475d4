/** `npm run test:edges`, `npm run test:security`: the long programmes in full, in place of the taste of them that `npm test`
 *  runs. Lines that begin with COUNT say what was run; `not run` what could not be. TEST_SEED replays a seed. */
process.env.TEST_SCALE = 'full';
await import('./test.mjs');
