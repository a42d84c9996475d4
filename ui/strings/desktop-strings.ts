import { msg } from '@lit/localize';

/** What the client says about the desktop window. */
export const desktopStrings = () => ({
  desktop: {
    noTray: msg('There is no system tray here. Closing the window ends Parley.', { id: 'desktop.noTray' }),
    show: msg('Show Parley', { id: 'desktop.show' }),
    quit: msg('Quit Parley', { id: 'desktop.quit' }),
  },
});
