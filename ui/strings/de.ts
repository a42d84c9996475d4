import { first } from './de-first.ts';
import { login } from './de-login.ts';
import { settings } from './de-settings.ts';
import { panel } from './de-panel.ts';
import type { Tables } from './tables.ts';

/** German, in the informal form of address. A missing or superfluous text does not compile. */
export const german: Tables = {
  first,
  login,
  settings,
  panel,
  storage: {
    storage: {
      memory: 'Parley kann auf diesem Gerät gerade nichts speichern.',
      full: 'Auf diesem Gerät ist kein Platz mehr für Parley. Gib etwas Speicherplatz frei.',
      foreign:
        'Eine andere Version von Parley benutzt den Speicher dieses Geräts. Lade neu, um die neueste Version zu bekommen.',
      lost: 'Entwürfe und nicht gesendete Nachrichten gehen verloren, wenn du dieses Fenster schließt.',
      session:
        'Dieser Browser merkt sich deine Anmeldung nicht. Um angemeldet zu bleiben, erlaube in seinen Einstellungen Websitedaten für diese Adresse.',
      reload: 'Neu laden',
    },
  },
};
