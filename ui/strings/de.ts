import { first } from './de-first.ts';
import { files } from './de-files.ts';
import { login } from './de-login.ts';
import { manage } from './de-manage.ts';
import { sending } from './de-sending.ts';
import { settings } from './de-settings.ts';
import { panel } from './de-panel.ts';
import type { Tables } from './tables.ts';

/** German, in the informal form of address. A missing or superfluous text does not compile. */
export const german: Tables = {
  first,
  login,
  settings,
  panel,
  files,
  sending,
  manage,
  connection: {
    connection: {
      connecting: 'Verbindung wird hergestellt…',
      catchingUp: 'Verpasstes wird geladen…',
      none: 'Keine Verbindung.',
      unavailable: 'Der Server ist gerade nicht verfügbar; vielleicht startet er neu.',
      next: (seconds: number) => `Nächster Versuch in ${seconds}\u00a0s`,
      trying: 'Neuer Versuch…',
      blocked:
        'Neue Nachrichten kommen nicht von selbst an: Ein Proxy oder eine Firewall lässt keine WebSockets durch. Lesen kannst du; was du schreibst, wird gesendet, sobald sie durchkommen. Wer den Server betreibt, findet Hilfe in docs/proxies.md.',
      outdated:
        'Dieses Fenster ist zu alt für den Server. Lade es neu, um weiterzumachen; was du geschrieben hast, bleibt.',
      offline: 'Dieses Gerät ist offline. Was du schreibst, wird gesendet, sobald es wieder online ist.',
      offlineUnkept:
        'Dieses Gerät ist offline. Geschriebenes wird gesendet, sobald das Gerät wieder online ist, solange dieses Fenster offen bleibt.',
      yielded: 'Parley ist in zu vielen Fenstern offen. Dieses Fenster pausiert.',
      now: 'Jetzt verbinden',
      resume: 'Dieses Fenster nutzen',
    },
  },
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
