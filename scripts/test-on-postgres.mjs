/** `npm run test:postgres [-- <part of a path> …]`: the system tests, or those that are named, with each server on PostgreSQL. */
process.env.TEST_STORE = 'postgres';
await import('./test.mjs');
