/** Shows a notification through the service worker, which opens the conversation when the notification is clicked.
 *  Does nothing if no worker is registered. */
export const notifyByWorker = async (
  title: string,
  options: { readonly body: string; readonly tag: string },
): Promise<void> => {
  const worker = (navigator as Partial<Navigator>).serviceWorker;
  const registration = await worker?.getRegistration().catch(() => undefined);
  await registration?.showNotification(title, options).catch(() => undefined);
};
