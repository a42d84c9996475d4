import { msg } from '@lit/localize';

/** What only the desktop window says. */
export const desktopStrings = () => ({
  desktop: {
    chooseServer: msg('Which server?', { id: 'desktop.chooseServer' }),
    remember: msg('Stay logged in on this computer', { id: 'desktop.remember' }),
    rememberHint: msg(
      'Keeps a key to your account in a file that only your user of this computer can read.',
      {
        id: 'desktop.rememberHint',
      },
    ),
    window: msg('Window', { id: 'desktop.window' }),
    tray: msg('Keep running in the system tray when the window is closed', { id: 'desktop.tray' }),
    trayHint: msg('Only where the system shows a tray: the window comes back from there.', {
      id: 'desktop.trayHint',
    }),
    noTray: msg('There is no system tray here. Closing the window ends Parley.', { id: 'desktop.noTray' }),
    show: msg('Show Parley', { id: 'desktop.show' }),
    quit: msg('Quit Parley', { id: 'desktop.quit' }),
    notHere: msg(
      'This page belongs to the Parley desktop app. In a browser, open the address of your server.',
      { id: 'desktop.notHere' },
    ),
  },
});
