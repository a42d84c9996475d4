/** Test only: ends this thread in the given way, to test its supervision. */
export const injectDeath = (how: string): void => {
  switch (how) {
    case 'throw':
      setImmediate(() => {
        throw new Error('thread ordered to throw');
      });
      break;
    case 'exit':
      process.exit(1);
      break;
    case 'oom': {
      const hoard: unknown[] = [];
      for (;;) hoard.push(new Array(1_000_000).fill(hoard.length));
    }
    case 'hang':
      for (;;);
  }
};
