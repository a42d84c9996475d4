/** Files that another app has shared: the service worker took them, because only it gets them, and keeps them here until a conversation is
 *  chosen. What is shared next takes their place. */
const SHARED = 'parley-shared';

/** The shared files, or none if the browser does not give them. */
export const sharedFiles = async (): Promise<readonly File[]> => {
  try {
    const cache = await caches.open(SHARED);
    const answers = await Promise.all((await cache.keys()).map((request) => cache.match(request)));
    return await Promise.all(
      answers
        .filter((answer) => answer !== undefined)
        .map(async (answer) => {
          const bytes = await answer.blob();
          return new File([bytes], decodeURIComponent(answer.headers.get('x-name') ?? 'file'), {
            type: bytes.type,
          });
        }),
    );
  } catch {
    return [];
  }
};

export const forgetSharedFiles = async (): Promise<void> => {
  try {
    await caches.delete(SHARED);
  } catch {
    // The browser blocks site data, so there are none.
  }
};
