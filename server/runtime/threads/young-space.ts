/** Maximum size of V8's young generation for one thread, in MB: three half spaces. The default of 48 keeps garbage of the
 *  busiest moment in memory and exceeds a processor's cache. For the main thread a flag of `npm start` sets a smaller size,
 *  because most of the memory for connections is there. */
export const YOUNG_MB = 12;
