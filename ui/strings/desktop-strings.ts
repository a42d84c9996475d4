import { msg } from '@lit/localize';

/** What only the desktop window says. */
export const desktopStrings = () => ({
  desktop: {
    noTray: msg('There is no system tray here. Closing the window ends Parley.', { id: 'desktop.noTray' }),
    show: msg('Show Parley', { id: 'desktop.show' }),
    quit: msg('Quit Parley', { id: 'desktop.quit' }),
    notHere: msg(
      'This page belongs to the Parley desktop app. In a browser, open the address of your server.',
      { id: 'desktop.notHere' },
    ),
  },
});
