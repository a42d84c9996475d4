import type { SettingsTable } from './settings-strings.ts';

export const settings: SettingsTable = {
  settings: {
    title: 'Einstellungen',
    account: 'Konto',
    loggedInAs: (name: string) => `Angemeldet als ${name}`,
    admin: 'Verwaltung',
    server: 'Server',
    appVersion: (version: string) => `Diese App: Version ${version}`,
    serverVersion: (version: string) => `Der Server: Version ${version}`,
    appearance: 'Darstellung',
    theme: 'Farben',
    themes: {
      system: 'Wie im System',
      light: 'Hell',
      dark: 'Dunkel',
    },
    textSize: 'Schriftgröße',
    textSizes: {
      small: 'Klein',
      normal: 'Normal',
      large: 'Groß',
      huge: 'Sehr groß',
    },
    language: 'Sprache',
    languageSystem: 'Wie im System',
    formatting: 'Formatierung in Nachrichten zeigen',
    formattingHint: '*fett*, _kursiv_, `Code`, drei Backticks um Zeilen mit Code und > vor einem Zitat.',
    writing: 'Schreiben',
    keys: 'Tastenkürzel',
    sendKey: 'Nachricht senden mit',
    sendKeys: {
      enter: 'Enter (Umschalt Enter bricht die Zeile um)',
      modifier: (key: string) => `${key} Enter (Enter bricht die Zeile um)`,
    },
    notifications: 'Benachrichtigungen',
    notify: 'Bei neuen Nachrichten benachrichtigen, wenn ich sie nicht vor mir habe',
    preview: 'Den Nachrichtentext in Benachrichtigungen zeigen',
    allow: 'Benachrichtigungen erlauben',
    denied:
      'Dein Browser blockiert Benachrichtigungen von dieser Seite. Erlaube sie in den Einstellungen des Browsers für diese Seite.',
    unsupported: 'Benachrichtigungen brauchen eine sichere Adresse (https) oder die Desktop-App.',
    about: 'Über Parley',
    notices: 'Lizenzen von Drittsoftware',
    sessions: 'Wo du angemeldet bist',
    sessionsFailed: 'Die Liste der Sitzungen konnte nicht geladen werden.',
    thisSession: 'Dieses Gerät',
    unknownDevice: 'Unbekanntes Gerät',
    connected: 'verbunden',
    lastActive: (when: string) => `aktiv ${when}`,
    revoke: 'Sitzung beenden',
    allSessions: (count: number) => `Alle ${String(count)} anzeigen`,
    revokeAria: (name: string) => `Sitzung beenden: ${name}`,
    password: 'Passwort ändern',
    currentPassword: 'Aktuelles Passwort',
    newPassword: 'Neues Passwort',
    changePassword: 'Passwort ändern',
    passwordChanged: 'Passwort geändert. Alle deine anderen Sitzungen wurden beendet.',
    wrongPassword: 'Das aktuelle Passwort ist falsch.',
    logout: 'Abmelden',
    unsentMessages: (count: number) =>
      count === 1
        ? 'Eine Nachricht ist noch nicht gesendet.'
        : `${count} Nachrichten sind noch nicht gesendet.`,
    unsentDrafts: (count: number) =>
      count === 1 ? 'Ein Entwurf liegt auf diesem Gerät.' : `${count} Entwürfe liegen auf diesem Gerät.`,
    logoutUnsent: 'Beim Abmelden geht das für immer verloren.',
    logoutAnyway: 'Abmelden und verwerfen',
    stay: 'Angemeldet bleiben',
    delete: 'Konto löschen',
    deleteExplain:
      'Dein Name wird in Parley niemandem mehr angezeigt, und niemand kann ihn noch einmal nehmen. Was du geschrieben hast, bleibt bei denen, denen du geschrieben hast, unter „Gelöschtes Konto“. In den Aufzeichnungen und Sicherungen des Betreibers kann dein Name noch stehen. Das lässt sich nicht rückgängig machen.',
    deletePassword: 'Dein Passwort, zur Bestätigung',
    deleteConfirm: 'Mein Konto löschen',
    deleteWrong: 'Das Passwort ist falsch. Es wurde nichts gelöscht.',
    window: 'Fenster',
    tray: 'Beim Schließen des Fensters im Infobereich weiterlaufen',
    trayHint: 'Das Fenster kommt über das Symbol im Infobereich zurück; das System muss also einen anzeigen.',
  },
  ownData: {
    title: 'Deine Daten',
    explain:
      'Eine ZIP-Datei mit deinem Profil, deinen Unterhaltungen und allen Nachrichten, die du sehen kannst: als Seiten zum Lesen im Browser und als Dateien für Programme.',
    download: 'Meine Daten herunterladen',
    begun:
      'Dein Browser speichert die Datei. Seine Liste der Downloads zeigt, wie weit er ist, und kann ihn anhalten. Bei vielen Nachrichten dauert es einige Minuten.',
    begunElsewhere:
      'Dein Webbrowser öffnet sich und speichert die Datei. Seine Liste der Downloads zeigt, wie weit er ist, und kann ihn anhalten. Bei vielen Nachrichten dauert es einige Minuten.',
    running:
      'Deine Daten werden schon heruntergeladen. Warte, bis das fertig ist, oder brich es in der Liste der Downloads deines Browsers ab.',
    busy: 'Der Server ist mit den Downloads anderer beschäftigt. Versuche es in einer Minute noch einmal.',
    unknown: 'Dieser Server ist zu alt dafür. Bitte den Betreiber, ihn zu aktualisieren.',
  },
  push: {
    on: 'Auf diesem Gerät auch benachrichtigen, wenn Parley geschlossen ist',
    text: 'Auch in diesen Benachrichtigungen den Nachrichtentext zeigen',
    hint: 'Die Benachrichtigungen gehen über den Push-Dienst des Herstellers deines Browsers, verschlüsselt, sodass er sie nicht lesen kann. Er erfährt, wann du eine bekommst.',
    failed:
      'Das ließ sich nicht ändern: Der Server oder der Push-Dienst deines Browsers ist nicht erreichbar. Prüfe deine Verbindung und versuche es noch einmal.',
    denied:
      'Dein Browser blockiert Benachrichtigungen von dieser Seite. Erlaube sie in den Einstellungen des Browsers für diese Seite und versuche es dann noch einmal.',
    installFirst:
      'Um auch benachrichtigt zu werden, wenn Parley geschlossen ist, füge es zuerst zum Home-Bildschirm hinzu: tippe auf „Teilen“, dann auf „Zum Home-Bildschirm“, und öffne es von dort.',
    install: 'Parley installieren',
    installHint:
      'Parley lässt sich auf diesem Gerät als App installieren: mit eigenem Symbol und Fenster, und im Teilen-Menü.',
  },
  profile: {
    title: 'Profil',
    hint: 'Alle auf diesem Server können es sehen. Dein Benutzername bleibt gleich.',
    name: 'Anzeigename',
    nameHint: 'So sehen dich andere, anstelle deines Benutzernamens.',
    about: 'Über dich',
    left: (count: number) => (count === 1 ? 'Noch 1 Zeichen' : `Noch ${count} Zeichen`),
    picture: 'Bild',
    pictureHint: 'Du kannst ein Bild auch hierher ziehen oder einfügen.',
    choose: 'Bild wählen',
    another: 'Bild ändern',
    remove: 'Bild entfernen',
    save: 'Speichern',
    undo: 'Änderungen verwerfen',
    unsaved: 'Noch nicht gespeichert.',
    saved: 'Gespeichert.',
    pictureSaved: 'Dein Bild wurde geändert.',
    pictureRemoved: 'Dein Bild wurde entfernt.',
    unknown:
      'Dein Profil ist auf diesem Gerät noch nicht bekannt. Es erscheint, sobald der Server erreichbar ist.',
    nameLong: (over: number) => `Dieser Name ist um ${over} Zeichen zu lang. Kürze ihn.`,
    aboutLong: (over: number) => `Dieser Text ist um ${over} Zeichen zu lang. Kürze ihn.`,
    control:
      'Darin steht ein Zeichen, das nicht erlaubt ist, etwa ein Zeilenumbruch oder eines, das die Schreibrichtung dreht. Tippe den Namen neu, statt ihn einzufügen.',
    aboutControl:
      'Darin steht ein Zeichen, das nicht erlaubt ist, etwa eines, das die Schreibrichtung dreht. Tippe den Text neu, statt ihn einzufügen.',
    invisible:
      'An diesem Namen ist nichts zu sehen. Tippe einen Buchstaben, oder lass das Feld leer: Dann erscheint dein Benutzername.',
    reserved: 'Dieser Name ist für gelöschte Konten vorgesehen. Wähle einen anderen.',
    refused: 'Der Server hat das nicht angenommen. Ändere es und speichere noch einmal.',
    tooOften: (minutes: number) =>
      `Du hast dein Profil in kurzer Zeit oft geändert. Versuche es in ${minutes === 1 ? 'einer Minute' : `${minutes} Minuten`} noch einmal.`,
    offline:
      'Der Server war nicht zu erreichen, und nichts wurde gespeichert. Prüfe deine Verbindung und speichere noch einmal.',
    pictureOffline:
      'Der Server war nicht zu erreichen, und dein Bild ist noch das bisherige. Prüfe deine Verbindung und versuche es noch einmal.',
    noImage: 'Das ist kein Bild, das dieser Browser lesen kann. Wähle eine PNG-, JPEG- oder WebP-Datei.',
    noFile: 'Darin ist kein Bild.',
    pictureRefused: 'Der Server hat dieses Bild nicht angenommen. Wähle ein anderes.',
    tooHeavy: 'Dieses Bild ließ sich nicht klein genug machen. Wähle ein anderes.',
    crop: 'Ausschnitt wählen',
    cropHint:
      'Zum Verschieben ziehen. Mit der Tastatur: Pfeiltasten verschieben, Plus und Minus ändern die Größe.',
    cropHintTouch: 'Zum Verschieben ziehen, mit zwei Fingern die Größe ändern.',
    zoom: 'Größe',
    use: 'Bild verwenden',
    cancel: 'Abbrechen',
  },
};
