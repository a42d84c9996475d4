/** Texts about the desktop window. */
export const desktopTable = {
  desktop: {
    noTray: 'There is no system tray here. Closing the window quits Parley.',
    show: 'Show Parley',
    quit: 'Quit Parley',
  },
};
