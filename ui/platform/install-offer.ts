/** What Chromium-based browsers send when the client can be installed, and is not. */
export interface InstallOffer extends Event {
  /** Must be called from a click. */
  prompt(): Promise<{ readonly outcome: 'accepted' | 'dismissed' }>;
}

/** The offer is made once, long before the settings are loaded. */
let offer: InstallOffer | null = null;

export const keepInstallOffer = (): void => {
  addEventListener('beforeinstallprompt', (event) => {
    // Otherwise some browsers lay a bar of their own over the page.
    event.preventDefault();
    offer = event as InstallOffer;
  });
};

/** Null if there is none, and after it was accepted. */
export const installOffer = (): InstallOffer | null => offer;

export const forgetInstallOffer = (): void => {
  offer = null;
};
