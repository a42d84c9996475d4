interface PolicyFactory {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): string };
}

/** The address of our own worker, said in the way the page's policy asks for (Trusted Types): a policy of its own that lets
 *  nothing else through. Browsers that know no such types take the plain text. */
export const workerUrl = (url: './sw.js'): string =>
  (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes
    ?.createPolicy('parley-worker', { createScriptURL: () => url })
    .createScriptURL(url) ?? url;
