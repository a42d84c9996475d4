import type { LoginTable } from './login-strings.ts';

export const login: LoginTable = {
  login: {
    title: 'Anmelden',
    registerTitle: 'Konto erstellen',
    lead: 'Ein ruhiger Ort für Gespräche zu zweit.',
    username: 'Benutzername',
    password: 'Passwort',
    invite: 'Einladungscode',
    inviteHint: 'Du bekommst ihn vom Betreiber dieses Servers.',
    submit: 'Anmelden',
    submitRegister: 'Konto erstellen',
    toRegister: 'Neu hier? Konto erstellen',
    toLogin: 'Schon ein Konto? Anmelden',
    server: 'Server',
    changeServer: 'Server wechseln',
    showPassword: 'Passwort anzeigen',
    hidePassword: 'Passwort verbergen',
    usernameRules: '3 bis 32 Zeichen: Buchstaben a–z, Ziffern, Punkt, Unterstrich, Bindestrich',
    wrong: 'Der Benutzername oder das Passwort ist falsch. Prüfe beides und versuche es noch einmal.',
    wrongAfterExpiry:
      'Benutzername oder Passwort ist falsch. Stimmt beides, kennt der Server dein Konto vielleicht nicht mehr, weil er aus einer älteren Sicherung wiederhergestellt wurde. Frage den Betreiber.',
    taken: 'Dieser Benutzername ist vergeben oder wurde schon einmal benutzt. Wähle einen anderen.',
    needUsername: 'Gib deinen Benutzernamen ein.',
    needPassword: 'Gib dein Passwort ein.',
    waitMinutes: (minutes: number) =>
      minutes <= 1
        ? 'Zu viele Fehlversuche aus deinem Netz. Versuche es in einer Minute noch einmal.'
        : `Zu viele Fehlversuche aus deinem Netz. Versuche es in ${minutes} Minuten noch einmal.`,
    closed: 'Dieser Server nimmt keine neuen Konten an. Frage den Betreiber, wenn du eines brauchst.',
    inviteNeeded:
      'Dieser Server nimmt neue Konten nur mit Einladung an. Frage den Betreiber nach einem Code und gib ihn hier ein.',
    inviteWrong:
      'Dieser Einladungscode ist nicht gültig oder wurde schon benutzt. Prüfe ihn oder frage den Betreiber nach einem neuen.',
    nameShort: (least: number) => `Dieser Benutzername ist zu kurz. Nimm mindestens ${least} Zeichen.`,
    nameLong: (most: number) => `Dieser Benutzername ist zu lang. Nimm höchstens ${most} Zeichen.`,
    nameSpace:
      'Ein Benutzername kann kein Leerzeichen enthalten. Nimm stattdessen einen Punkt, einen Unterstrich oder einen Bindestrich.',
    nameCharacter: (character: string) =>
      `Ein Benutzername kann „${character}“ nicht enthalten. Nimm nur a–z, Ziffern, Punkt, Unterstrich und Bindestrich.`,
    waitToRegister: (minutes: number) =>
      minutes <= 1
        ? 'Aus deinem Netz wurden zu viele Konten erstellt. Versuche es in einer Minute noch einmal.'
        : `Aus deinem Netz wurden zu viele Konten erstellt. Versuche es in ${minutes} Minuten noch einmal.`,
    readable: 'Nachrichten werden auf diesem Server gespeichert. Sein Betreiber kann sie lesen.',
    forgot: 'Passwort vergessen?',
    forgotHint:
      'Dieser Server kennt keine E-Mail-Adresse von dir und kann dir deshalb kein neues Passwort schicken. Bitte den Betreiber dieses Servers um Hilfe: Er kann dir einen Link geben, mit dem du ein neues wählst.',
    disabled: 'Dieses Konto ist gesperrt. Frage den Betreiber dieses Servers.',
    refused: 'Der Server hat das nicht angenommen. Prüfe deine Eingaben und versuche es noch einmal.',
    chooseServer: 'Welcher Server?',
    remember: 'Auf diesem Computer angemeldet bleiben',
    rememberHint:
      'Legt einen Schlüssel zu deinem Konto in einer Datei ab. Nur dein Benutzerkonto auf diesem Computer kann sie lesen, und damit auch die Programme, die du startest.',
  },
  reset: {
    title: 'Neues Passwort wählen',
    hint: 'Auf allen anderen Geräten wirst du abgemeldet.',
    password: 'Neues Passwort',
    submit: 'Speichern und anmelden',
    refused:
      'Der Server nimmt dieses Passwort nicht an. Viele benutzen es, oder es enthält deinen Benutzernamen. Wähle ein anderes.',
    notValid:
      'Dieser Link ist nicht gültig oder nicht mehr gültig. Er funktioniert nur einmal und nur 24 Stunden lang. Frage den Betreiber dieses Servers nach einem neuen.',
    toLogin: 'Stattdessen zur Anmeldung',
    loggedInAs: (name: string) =>
      `Hier ist ${name} angemeldet. Melde dich erst ab, um mit diesem Link ein neues Passwort zu wählen.`,
    stay: 'Angemeldet bleiben',
  },
  rules: {
    missing: 'Dieses Passwort erfüllt nicht alle Regeln. Die Liste darunter zeigt, was noch fehlt.',
    common: 'Dieses Passwort benutzen viele, deshalb ist es leicht zu erraten. Wähle ein anderes.',
    length: 'Mindestens 8 Zeichen',
    tooLong: 'Höchstens 256 Zeichen',
    upper: 'Ein Großbuchstabe',
    lower: 'Ein Kleinbuchstabe',
    digit: 'Eine Ziffer',
    noName: 'Enthält deinen Benutzernamen nicht',
    met: 'erfüllt',
    unmet: 'noch nicht erfüllt',
  },
  signOutReason: {
    expired:
      'Deine Sitzung ist beendet. Melde dich wieder an, um weiterzumachen. Entwürfe und nicht gesendete Nachrichten bleiben auf diesem Gerät erhalten.',
    revoked:
      'Diese Sitzung wurde von einem anderen Gerät beendet. Melde dich wieder an, um weiterzumachen. Entwürfe und nicht gesendete Nachrichten bleiben auf diesem Gerät erhalten.',
    deleted: 'Dieses Konto wurde gelöscht.',
    loggedOut: 'Du bist abgemeldet. Deine Nachrichten wurden von diesem Gerät entfernt.',
    loggedOutElsewhere:
      'Du wurdest in einem anderen Fenster dieses Browsers abgemeldet. Auf diesem Gerät bleibt nichts von dir zurück.',
    accountDeleted:
      'Dein Konto ist gelöscht. Wer mit dir geschrieben hat, behält die Nachrichten, aber ohne deinen Namen.',
  },
};
