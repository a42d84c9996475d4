interface PolicyFactory {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): string };
}

/** The address of our service worker, wrapped as the page's Trusted Types policy requires. Its own policy lets
 *  nothing else through. Browsers without Trusted Types get the plain text. */
export const workerUrl = (url: './sw.js'): string =>
  (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes
    ?.createPolicy('parley-worker', { createScriptURL: () => url })
    .createScriptURL(url) ?? url;
