import type { PanelTable } from './panel-strings.ts';

export const panel: PanelTable = {
  keys: {
    title: 'Tastenkürzel',
    shift: 'Umschalt',
    switch: 'Zu einer Unterhaltung gehen',
    search: 'Alles durchsuchen',
    compose: 'Neue Unterhaltung',
    settings: 'Einstellungen',
    send: 'Nachricht senden',
    break: 'Neue Zeile',
    lists: 'Durch eine Liste gehen',
    messages: 'Vom leeren Textfeld zu den Nachrichten',
    details: 'Details einer Nachricht',
    menu: 'Menü einer Nachricht',
    escape: 'Schließen, zurück oder zur neuesten Nachricht',
    sheet: 'Diese Tastenkürzel zeigen',
  },
  menu: {
    title: 'Menü der Nachricht',
    select: 'Text auswählen',
  },
  newChat: {
    title: 'Neue Unterhaltung',
    label: 'Personen nach Namen suchen',
    placeholder: 'Name',
    hint: 'Gib einen Benutzernamen oder einen Teil davon ein.',
    known: 'Personen, mit denen du schreibst',
    none: (query: string) =>
      `Sonst hat hier niemand „${query}“ im Benutzernamen. Prüfe die Schreibweise oder lade die Person ein.`,
    more: (count: number) => `Es werden nur die ersten ${count} gezeigt. Gib mehr vom Namen ein.`,
    found: (count: number) => (count === 1 ? '1 Person gefunden' : `${count} Personen gefunden`),
  },
  invite: {
    title: 'Jemanden einladen',
    how: 'Schick dieser Person die Adresse. Sie erstellt dort ein Konto und nennt dir ihren Benutzernamen.',
    code: 'Ob dieser Server neue Konten annimmt und ob dafür ein Einladungscode nötig ist, bestimmt sein Betreiber.',
    copy: 'Adresse kopieren',
    share: 'Teilen',
    text: (name: string) => `Schreib mir auf Parley. Mein Benutzername dort ist ${name}.`,
  },
  search: {
    title: 'Suchen',
    label: 'Personen, Unterhaltungen und Nachrichten durchsuchen',
    placeholder: 'Alles durchsuchen',
    placeholderHere: 'Diese Unterhaltung durchsuchen',
    where: 'Wo gesucht wird',
    here: (name: string) => `Nur mit ${name}`,
    everywhere: 'Überall',
    back: (day: string) => `Zurück bis ${day} durchsucht.`,
    noneBack: (day: string) => `Noch nichts gefunden. Zurück bis ${day} durchsucht.`,
    further: 'Weiter zurück suchen',
    noMore: 'Keine weiteren Treffer in dieser Unterhaltung.',
    hint: 'Findet Namen und Nachrichten nach Wörtern oder Teilen davon.',
    none: (query: string) =>
      `Nichts gefunden zu „${query}“. Versuche weniger Buchstaben oder ein anderes Wort.`,
    people: 'Personen',
    conversations: 'Unterhaltungen',
    messages: 'Nachrichten',
    more: 'Weitere Nachrichten',
    removedUntil: (day: string) =>
      `Nicht durchsucht: ältere Nachrichten, bis ${day}, die nach der Aufbewahrungsregel dieses Servers entfernt wurden.`,
    onlyFirst: (count: number) =>
      `Nur die ersten ${count} werden gezeigt. Tippe mehr Buchstaben, um andere zu finden.`,
    found: (count: number) => (count === 1 ? '1 Treffer' : `${count} Treffer`),
  },
  notify: {
    question: 'Bei neuen Nachrichten benachrichtigen, wenn du sie nicht vor dir hast?',
    allow: 'Erlauben',
    notNow: 'Nicht jetzt',
  },
  switcher: {
    title: 'Zu einer Unterhaltung',
    label: 'Unterhaltung oder Person',
    placeholder: 'Name',
    none: 'Keine Unterhaltung mit diesem Namen. Mit Enter suchst du nach einer Person.',
  },
  unsendable: {
    title: 'Kann nicht gesendet werden',
    why: 'Die Person oder die Unterhaltung gibt es auf diesem Server nicht mehr.',
  },
  server: {
    address: 'Adresse des Servers',
    hint: 'Du bekommst sie vom Betreiber des Servers, zum Beispiel chat.example.org',
    use: 'Diesen Server verwenden',
    noAddress: 'Das ist keine Serveradresse. Gib eine wie chat.example.org ein.',
    unreachable: (address: string) =>
      `Unter ${address} antwortet niemand. Prüf die Schreibweise und deine Verbindung, oder frag den Betreiber, ob der Server läuft.`,
    noHttps: (address: string) =>
      `Zu ${address} gibt es keine sichere Verbindung: Dort antwortet niemand, oder das Zertifikat ist auf diesem Computer nicht vertrauenswürdig. Prüf die Schreibweise und deine Verbindung und öffne dann diese Adresse im Browser: Er sagt, was davon zutrifft.`,
    notTrusted: (address: string) =>
      `Zu ${address} gibt es keine sichere Verbindung, obwohl der Computer dort antwortet. Wahrscheinlich ist sein Zertifikat abgelaufen, gilt für einen anderen Namen oder ist hier nicht vertrauenswürdig. Öffne diese Adresse im Browser: Er sagt, was nicht stimmt. Sag es dann dem Betreiber.`,
    onlyHttp: (address: string) =>
      `Dieser Server antwortet nur unverschlüsselt: Andere könnten unterwegs dein Passwort und deine Nachrichten lesen. Bitte den Betreiber um eine https-Adresse. Willst du ihn trotzdem nehmen, gib ${address} ein`,
    notParley: (address: string) =>
      `Was unter ${address} antwortet, ist kein Parley-Server oder lässt diese App nicht zu. Prüf die Adresse; der Betreiber findet die Einstellung unter PARLEY_ALLOWED_ORIGINS.`,
  },
  window: {
    notHere: 'Diese Seite gehört zur Parley-App. Öffne im Browser die Adresse deines Servers.',
    keyTaken:
      'Dieses Fenster funktioniert nicht: Ein anderes Programm auf diesem Computer hat sich seinen Schlüssel zuerst geholt. Es kann damit nichts von dir lesen. Schließ dieses Fenster und starte Parley neu. Wenn das nicht hilft, such nach einem Programm, das du nicht kennst, oder frag, wer diesen Computer betreut.',
    link: 'Link',
    openLink: 'Link öffnen',
    copyLink: 'Linkadresse kopieren',
    edit: 'Bearbeiten',
    undo: 'Widerrufen',
    redo: 'Wiederholen',
    cut: 'Ausschneiden',
    copy: 'Kopieren',
    paste: 'Einsetzen',
    selectAll: 'Alles auswählen',
    hide: 'Parley ausblenden',
  },
};
