const PATIENCE_MS = 10_000;

/** The script that a page of this client starts with. Its name contains a hash of everything it loads, so it
 *  identifies the build; that of `boot.ts`, which imports nothing, would not. */
export const startScript = (html: string): string | null =>
  /<script\b[^>]*\ssrc="([^"]*\bassets\/(?!boot-)[^"]+)"/.exec(html)?.[1] ?? null;

/** The start script that the server's page names now; null if the server was not reached, or if something else
 *  answered. By the name of the file: for the page itself a service worker of an older build may answer with the page
 *  that it stored. */
export const servedScript = async (): Promise<string | null> => {
  try {
    const answer = await fetch('./index.html', {
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return answer.ok ? startScript(await answer.text()) : null;
  } catch {
    return null;
  }
};

/** The start script of this window. */
export const ownScript = (): string | null =>
  document.querySelector('script[src*="assets/"]:not([src*="assets/boot-"])')?.getAttribute('src') ?? null;
