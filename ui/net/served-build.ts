const PATIENCE_MS = 10_000;

/** The script that a page of this client starts with. Its name holds a hash of everything it loads, so it names the build. */
export const startScript = (html: string): string | null =>
  /<script\b[^>]*\ssrc="([^"]*\bassets\/[^"]+)"/.exec(html)?.[1] ?? null;

/** What the server's page starts with now; null when it was not reached, or something else answered in its place. */
export const servedScript = async (): Promise<string | null> => {
  try {
    const answer = await fetch('./', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
    return answer.ok ? startScript(await answer.text()) : null;
  } catch {
    return null;
  }
};

/** What this window started with. */
export const ownScript = (): string | null =>
  document.querySelector('script[src*="assets/"]')?.getAttribute('src') ?? null;
