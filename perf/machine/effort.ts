/** Microseconds of this process's CPU, user and system, that `run` takes. */
export const cpuOf = (run: () => void): number => {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return user + system;
};

/** Milliseconds that `run` takes. */
export const timeOf = (run: () => void): number => {
  const started = performance.now();
  run();
  return performance.now() - started;
};
