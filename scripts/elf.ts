type GlibcVersion = readonly [major: number, minor: number];

export const compareGlibc = (a: GlibcVersion, b: GlibcVersion): number => a[0] - b[0] || a[1] - b[1];

/** The oldest glibc that an ELF file runs on: the highest among the symbol versions that it names. Undefined where it names none. */
export const glibcOf = (bytes: Buffer): GlibcVersion | undefined =>
  [...bytes.toString('latin1').matchAll(/GLIBC_(\d+)\.(\d+)/g)]
    .map(([, major, minor]): GlibcVersion => [Number(major), Number(minor)])
    .sort(compareGlibc)
    .at(-1);
