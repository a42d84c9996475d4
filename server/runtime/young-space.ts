/** Most that the young objects of one thread may take, in MB: three times a half space of V8's. Its default of 48 keeps garbage of
 *  the busiest moment in memory, and is larger than what a processor has near. The main thread's is set by the flag of `npm start`,
 *  and smaller: most of what the connections bring grows there. */
export const YOUNG_MB = 12;
