/** Shows a notification by the service worker, which opens the conversation when it is clicked. Where none is registered, nothing is
 *  shown. */
export const notifyByWorker = async (
  title: string,
  options: { readonly body: string; readonly tag: string },
): Promise<void> => {
  const worker = (navigator as Partial<Navigator>).serviceWorker;
  const registration = await worker?.getRegistration().catch(() => undefined);
  await registration?.showNotification(title, options).catch(() => undefined);
};
