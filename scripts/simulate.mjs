import { prepare } from './prepare.mjs';
import { main } from './say.mjs';

/** `npm run simulate -- --seeds N --from S [--trace] [--bug NAME]`: histories of the whole, each from its seed alone. */
await main(async () => {
  await prepare('client');
  await import('../dist/client/test/simulation/command.js');
});
